import { mostAtOnce } from './adaptive-caps.ts';
import { type MigrationEndpoint, DEFAULT_CAPS, signInName } from './endpoint.ts';

/** A set of connections the source counts together. */
export interface SlotScope {
  readonly kind: 'endpoint' | 'login' | 'mailbox';
  /** Whose connections: a login at the server; empty for the endpoint. */
  readonly name: string;
  /** Connections at a time before the server said anything; undefined: as many as it takes. */
  readonly cap?: number;
}

/** What one connection takes a place in, the widest first. */
export interface SlotRequest {
  /** host:port: endpoints that lead to one server share what it allows. */
  readonly server: string;
  readonly scopes: readonly SlotScope[];
}

/** What a server said it takes, and when. */
export interface LearnedCap {
  readonly kind: SlotScope['kind'];
  readonly name: string;
  /** Connections at a time that are tried now: one more every quarter of an hour without a refusal. */
  readonly connections: number;
  /** ms since 1970 UTC. */
  readonly learnedAt: number;
  /** The server's own words, cut. */
  readonly said: string;
}

/** Exchange's own preset for one user (Set-ImapSettings -MaxConnectionsFromSingleUser); beyond it connections stall. */
const EXCHANGE_PER_USER = 16;
/** domain/admin/user: delegated sign-in at Exchange, where all connections are the administrator's. */
const EXCHANGE_TEMPLATE = /^[^/*#]+\/[^/]+\/user$/;

/**
 * The places one connection needs. An administrator is one login, whoever it reads for; the mailbox is counted as well,
 * because some servers (Dovecot) count by the mailbox that was opened and others by who signed in.
 */
export function slotRequest(endpoint: MigrationEndpoint, userName: string): SlotRequest {
  const { admin } = endpoint;
  const server: SlotScope = { kind: 'endpoint', name: '', cap: connectionsOf(endpoint) };
  const { user, authzid } = signInName(endpoint, userName);
  const scopes: readonly SlotScope[] =
    admin === undefined
      ? [server, { kind: 'login', name: user }]
      : [server, adminScope(admin), { kind: 'mailbox', name: authzid ?? user }];
  return { server: serverOf(endpoint), scopes };
}

function adminScope(admin: string): SlotScope {
  const scope = { kind: 'login', name: admin } as const;
  return EXCHANGE_TEMPLATE.test(admin) ? { ...scope, cap: EXCHANGE_PER_USER } : scope;
}

/** The name of a server in the slots. */
export function serverOf({ host, port }: Pick<MigrationEndpoint, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** Connections to an endpoint at a time, of all workers together. */
export function connectionsOf(
  endpoint: Pick<MigrationEndpoint, 'connections' | 'initial' | 'incremental' | 'grows' | 'live'>,
): number {
  const { connections, live = DEFAULT_CAPS.live } = endpoint;
  return connections ?? mostAtOnce(endpoint) + live;
}
