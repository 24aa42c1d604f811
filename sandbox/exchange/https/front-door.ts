import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { EntraError } from '../entra/entra-error.ts';
import { answerTokenRequest, instanceDiscovery, openIdConfiguration } from '../entra/token-endpoint.ts';
import type { ExchangeWorld } from '../exchange-world.ts';
import { answerBatch } from '../graph/batch.ts';
import type { GraphAnswer } from '../graph/graph-call.ts';
import { badRequest, errorBody, GraphError } from '../graph/graph-error.ts';
import { parseRequestJson } from '../graph/request-json.ts';
import { splitPath } from '../graph/router.ts';
import { beginVisit } from '../graph/visit.ts';
import type { Caller, Outcome, RequestHead } from '../graph/visit.ts';
import { deliver } from './deliver.ts';
import type { WireAnswer } from './deliver.ts';
import { readBody } from './read-body.ts';

/** Largest request body Graph takes. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** What was said on the wire, for tests that compare it with a contract. */
export interface Exchanged {
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  };
}

export interface FrontDoor {
  readonly world: ExchangeWorld;
  /** Answers the control path; absent where there is none. */
  readonly control?: (method: string, url: URL, body: Buffer) => Promise<WireAnswer>;
  readonly onExchange?: (exchanged: Exchanged) => void;
}

/** Receives every request: control path, sign-in, upload URLs or Graph, by the start of its path. */
export async function receive(door: FrontDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', door.world.origin);
  const segments = url.pathname.split('/').slice(1);
  if (segments[0] === '_sandbox' && door.control) {
    const body = await readBody(request, BODY_LIMIT);
    await deliver(
      response,
      await door.control(request.method ?? 'GET', url, 'bytes' in body ? body.bytes : Buffer.alloc(0)),
      'whole',
      () => undefined,
    );
  } else if (segments[0] === 'v1.0' || segments[0] === 'api') await receiveGraph(door, request, response, url);
  else await receiveSignIn(door, request, response, segments);
}

async function receiveSignIn(
  { world }: FrontDoor,
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
): Promise<void> {
  const body = await readBody(request, BODY_LIMIT);
  const send = (status: number, json: object) => deliver(response, jsonAnswer(status, json), 'whole', () => undefined);
  const [tenant = '', ...rest] = segments;
  const path = rest.join('/');
  try {
    if (path === 'discovery/instance') return await send(200, instanceDiscovery(world));
    if (path === 'discovery/v2.0/keys') return await send(200, world.tokens.jwks());
    if (path === 'v2.0/.well-known/openid-configuration') return await send(200, openIdConfiguration(world, tenant));
    if (path === 'oauth2/v2.0/token' && request.method === 'POST') {
      const form = new URLSearchParams('bytes' in body ? body.bytes.toString() : '');
      return await send(200, answerTokenRequest(world, tenant, form));
    }
    return await send(404, { error: 'not_found', error_description: 'There is nothing here.' });
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    return send(error.status, error.body());
  }
}

async function receiveGraph(
  door: FrontDoor,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { world } = door;
  const headers = plainHeaders(request);
  const requestId = randomUUID();
  const method = request.method ?? 'GET';
  const signedIn = attempt(() => identify(world, headers, url));
  const isBatch = url.pathname.toLowerCase() === '/v1.0/$batch';
  const visit =
    signedIn instanceof GraphError || isBatch ? undefined : beginVisit(world, signedIn.head(method), signedIn.caller);
  let outcome: Outcome = {
    answer: new GraphError(500, 'SandboxDefect', 'The request was not answered.'),
    delivery: 'whole',
  };
  let sent: Buffer = Buffer.alloc(0);
  try {
    const body = await readBody(request, BODY_LIMIT);
    if ('bytes' in body) sent = body.bytes;
    if (signedIn instanceof GraphError) outcome = { answer: signedIn, delivery: 'whole' };
    else if ('tooLong' in body) outcome = { answer: tooLarge(), delivery: 'whole' };
    else if (visit) outcome = await visit.run({ bytes: body.bytes }, body.bytes.length);
    else outcome = { answer: await batch(world, method, body.bytes, signedIn.caller, requestId), delivery: 'whole' };
    const answer = wireAnswer(outcome.answer, requestId, headers['client-request-id'] ?? requestId);
    door.onExchange?.({
      request: { method, target: url.pathname + url.search, headers, body: sent },
      response: { status: answer.status, headers: answer.headers, body: answer.body ?? Buffer.alloc(0) },
    });
    await deliver(response, answer, outcome.delivery, () => visit?.leave());
  } finally {
    visit?.leave();
  }
}

async function batch(
  world: ExchangeWorld,
  method: string,
  bytes: Buffer,
  caller: Caller,
  requestId: string,
): Promise<GraphAnswer | GraphError> {
  try {
    if (method !== 'POST') throw badRequest(`The HTTP method '${method}' is not supported here.`);
    return await answerBatch(world, parseRequestJson(bytes), caller, requestId);
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}

interface SignedIn {
  readonly caller: Caller;
  readonly head: (method: string) => RequestHead;
}

/** Graph wants a token; upload URLs carry their own and refuse another. */
function identify(world: ExchangeWorld, headers: Readonly<Record<string, string>>, url: URL): SignedIn {
  const isUpload = url.pathname.startsWith('/api/gv1.0/');
  const path = splitPath(url.pathname.replace(/^\/(?:v1\.0|api\/gv1\.0)\/?/, '/'));
  const head = (method: string) => ({
    method,
    path,
    target: url.pathname + url.search,
    query: url.searchParams,
    headers,
  });
  if (!isUpload)
    return {
      caller: {
        kind: 'application',
        token: world.tokens.read(headers['authorization'], ['https://graph.microsoft.com', world.origin]),
      },
      head,
    };
  if (headers['authorization'] !== undefined) {
    throw new GraphError(
      401,
      'InvalidAuthenticationToken',
      'An upload URL is pre-authenticated: the request must not have an Authorization header.',
    );
  }
  return { caller: { kind: 'upload' }, head };
}

function wireAnswer(answer: GraphAnswer | GraphError, requestId: string, clientRequestId: string): WireAnswer {
  const common = {
    'request-id': requestId,
    'client-request-id': clientRequestId,
    'x-ms-ags-diagnostic':
      '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"LOCAL"}}',
  };
  if (answer instanceof GraphError) {
    const { body, headers, status } = jsonAnswer(answer.status, errorBody(answer, requestId, clientRequestId));
    return { status, headers: { ...common, ...headers, ...answer.headers }, body };
  }
  if (answer.json) {
    const { body, headers, status } = jsonAnswer(answer.status, answer.json);
    const type = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
    return { status, headers: { ...common, ...headers, 'Content-Type': type, ...answer.headers }, body };
  }
  const type = answer.bytes ? { 'Content-Type': answer.contentType ?? 'application/octet-stream' } : {};
  return { status: answer.status, headers: { ...common, ...type, ...answer.headers }, body: answer.bytes };
}

export function jsonAnswer(status: number, json: object): WireAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(json)),
  };
}

function plainHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function tooLarge(): GraphError {
  return new GraphError(
    413,
    'RequestEntityTooLarge',
    'The page was not displayed because the request entity is too large.',
  );
}

function attempt<Value>(work: () => Value): Value | GraphError {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}
