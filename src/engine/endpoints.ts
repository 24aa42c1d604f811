import type { Actor } from './domain/actor.ts';
import { growingCaps } from './domain/adaptive-caps.ts';
import {
  DEFAULT_CAPS,
  DEFAULT_PORT,
  type EndpointLogin,
  type EndpointSecurity,
  type MigrationEndpoint,
  type TokenGrant,
  type TokenSource,
  parseHost,
  parsePort,
} from './domain/endpoint.ts';
import { MigrationError } from './domain/failure.ts';
import type { EndpointName } from './domain/ids.ts';
import type { Jobs, World } from './ports.ts';

export interface EndpointSettings {
  readonly name: EndpointName;
  readonly host: string;
  readonly port?: number | undefined;
  readonly security?: EndpointSecurity | undefined;
  readonly login?: EndpointLogin | undefined;
  readonly admin?: string | undefined;
  readonly initial?: number | undefined;
  readonly incremental?: number | undefined;
  /** Connections that watch live users. */
  readonly live?: number | undefined;
  readonly connections?: number | undefined;
  /** Token endpoint, client, scope and grant. */
  readonly token?: string | undefined;
  readonly client?: string | undefined;
  readonly scope?: string | undefined;
  readonly grant?: TokenGrant | undefined;
}

/** Adds a source server. The same settings again are no error. Throws EndpointNameTaken, UsageError. */
export async function addEndpoint(world: World, settings: EndpointSettings, by: Actor): Promise<MigrationEndpoint> {
  const endpoint = completeEndpoint(settings);
  const existing = await world.store.endpoint(endpoint.name);
  if (existing !== undefined) {
    if (isSame(existing, endpoint)) return existing;
    throw new MigrationError('EndpointNameTaken', { endpoint: endpoint.name });
  }
  await world.store.addEndpoint(endpoint, [{ type: 'EndpointAdded', endpoint: endpoint.name }], by);
  return endpoint;
}

// Endpoints of an older version do not grow; asked for again, they stay what they are.
function isSame(
  { grows: _before, ...existing }: MigrationEndpoint,
  { grows: _now, ...asked }: MigrationEndpoint,
): boolean {
  return JSON.stringify(existing) === JSON.stringify(asked);
}

function completeEndpoint(settings: EndpointSettings): MigrationEndpoint {
  const { host, port: written } = hostOf(settings);
  const oauth = tokenSourceOf(settings);
  const security = settings.security ?? 'tls';
  const initial = settings.initial ?? DEFAULT_CAPS.initial;
  const grows = growingCaps(settings);
  return {
    name: settings.name,
    host,
    port: settings.port ?? written ?? DEFAULT_PORT[security],
    security,
    login: settings.login ?? (oauth === undefined ? 'plain' : 'xoauth2'),
    ...(oauth === undefined ? {} : { oauth }),
    ...(settings.admin === undefined ? {} : { admin: settings.admin }),
    initial,
    // Exchange Online: incremental syncs may not exceed initial ones.
    incremental: settings.incremental ?? Math.min(DEFAULT_CAPS.incremental, initial),
    ...(grows.length === 0 ? {} : { grows }),
    ...(settings.live === undefined ? {} : { live: settings.live }),
    ...(settings.connections === undefined ? {} : { connections: settings.connections }),
  };
}

// People write host and port as one, as in the settings of their mail program: taken, where nothing says otherwise.
function hostOf({ host: text, port }: EndpointSettings): { readonly host: string; readonly port: number | undefined } {
  const [, name = text, digits] = /^(.+):(\d*)$/.exec(text) ?? [];
  const host = parseHost(name);
  if (host === undefined)
    throw refused(
      'host= takes a host name such as imap.example.com; the port goes into port=, or behind it with a colon.',
    );
  if (digits === undefined) return { host, port: undefined };
  const written = parsePort(digits);
  if (written === undefined)
    throw refused(`host= has "${digits}" behind the colon: a port is a number from 1 to 65535.`);
  if (port !== undefined && port !== written)
    throw refused(`host= says port ${digits} and port= says ${port}: leave one of them out.`);
  return { host, port: written };
}

// Half a token source would fail at every sign-in: it is refused here, where the person is.
function tokenSourceOf({ login, token, client, scope, grant }: EndpointSettings): TokenSource | undefined {
  if (token === undefined) {
    // A form always says the grant; the preset of it means nothing.
    const isHalf = client !== undefined || scope !== undefined || grant === 'refresh';
    if (isHalf) throw refused('client=, scope= and grant= belong to token=, the address of the token endpoint.');
    return undefined;
  }
  if (login !== undefined && login !== 'xoauth2') throw refused('token= goes with login=xoauth2.');
  if (client === undefined) throw refused('token= needs client=, the id of Bellhop at the token endpoint.');
  return { url: token, client, ...(scope === undefined ? {} : { scope }), grant: grant ?? 'client' };
}

function refused(detail: string): MigrationError {
  return new MigrationError('UsageError', { detail, command: 'add endpoint' });
}

/** Has a worker reach the endpoint; the answer comes as an EndpointTested event with the returned request id. */
export async function testEndpoint(
  world: World,
  name: EndpointName,
  _by: Actor,
): Promise<{ readonly request: string }> {
  await requireEndpoint(world, name);
  const request = world.newId();
  await world.jobs.add('test-endpoint', { endpoint: name, request });
  return { request };
}

/** The job behind {@link testEndpoint}. */
export async function runTestEndpoint(world: World, job: Jobs['test-endpoint'], signal: AbortSignal): Promise<void> {
  const endpoint = await requireEndpoint(world, job.endpoint);
  const test = await world.source.test(endpoint, signal);
  await world.store.publish([{ type: 'EndpointTested', endpoint: endpoint.name, request: job.request, test }]);
}

/** The endpoint of a name. Throws UnknownEndpoint. */
export async function requireEndpoint(world: World, name: EndpointName): Promise<MigrationEndpoint> {
  const endpoint = await world.store.endpoint(name);
  if (endpoint === undefined) throw new MigrationError('UnknownEndpoint', { endpoint: name });
  return endpoint;
}
