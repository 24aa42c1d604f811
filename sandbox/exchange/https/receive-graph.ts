import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { ExchangeWorld } from '../exchange-world.ts';
import { answerBatch } from '../graph/batch.ts';
import type { GraphAnswer } from '../graph/graph-call.ts';
import { badRequest, GraphError } from '../graph/graph-error.ts';
import { parseRequestJson } from '../graph/request-json.ts';
import { splitPath } from '../graph/router.ts';
import { beginVisit } from '../graph/visit.ts';
import type { Caller, Outcome, RequestHead, Visit } from '../graph/visit.ts';
import { deliver } from './deliver.ts';
import { readBody } from './read-body.ts';
import { graphWireAnswer } from './wire-answer.ts';

/** Largest request body Graph takes. */
export const BODY_LIMIT = 4 * 1024 * 1024;

/** What was said on the wire, for tests that compare it with a contract. */
export interface Exchanged {
  readonly request: {
    readonly method: string;
    /** Path and query. */
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

/** Receives a request for Graph or for an upload URL, from its first line to the last byte of the answer. */
export async function receiveGraph(
  world: ExchangeWorld,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  onExchange: ((exchanged: Exchanged) => void) | undefined,
): Promise<void> {
  const head = readHead(request, url);
  const requestId = randomUUID();
  const caller = identify(world, head, url.pathname);
  const isBatch = url.pathname.toLowerCase() === '/v1.0/$batch';
  const visit = caller instanceof GraphError || isBatch ? undefined : beginVisit(world, head, caller);
  try {
    const read = await readBody(request, BODY_LIMIT);
    const { answer, delivery }: Outcome =
      'tooLong' in read
        ? { answer: tooLarge(), delivery: 'whole' }
        : await answerGraph(world, head, caller, visit, read.bytes, requestId);
    const wire = graphWireAnswer(answer, requestId, head.headers['client-request-id'] ?? requestId);
    onExchange?.({
      request: {
        method: head.method,
        target: head.target,
        headers: definedHeaders(head),
        body: 'bytes' in read ? read.bytes : Buffer.alloc(0),
      },
      response: { status: wire.status, headers: wire.headers, body: wire.body ?? Buffer.alloc(0) },
    });
    await deliver(response, wire, delivery, () => visit?.leave());
  } finally {
    visit?.leave();
  }
}

async function answerGraph(
  world: ExchangeWorld,
  { method }: RequestHead,
  caller: Caller | GraphError,
  visit: Visit | undefined,
  body: Buffer,
  requestId: string,
): Promise<Outcome> {
  if (caller instanceof GraphError) return { answer: caller, delivery: 'whole' };
  if (visit) return visit.run({ bytes: body }, body.length);
  return { answer: await batch(world, method, body, caller, requestId), delivery: 'whole' };
}

async function batch(
  world: ExchangeWorld,
  method: string,
  body: Buffer,
  caller: Caller,
  requestId: string,
): Promise<GraphAnswer | GraphError> {
  try {
    if (method !== 'POST') throw badRequest(`The HTTP method '${method}' is not supported here.`);
    return await answerBatch(world, parseRequestJson(body), caller, requestId);
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}

/** Graph wants a token; upload URLs carry their own and refuse another. */
function identify(world: ExchangeWorld, { headers }: RequestHead, path: string): Caller | GraphError {
  const { authorization } = headers;
  if (path.startsWith(UPLOAD_PREFIX)) {
    if (authorization === undefined) return { kind: 'upload' };
    return new GraphError(
      401,
      'InvalidAuthenticationToken',
      'An upload URL is pre-authenticated: the request must not have an Authorization header.',
    );
  }
  try {
    return {
      kind: 'application',
      token: world.tokens.read(authorization, ['https://graph.microsoft.com', world.origin]),
    };
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}

const UPLOAD_PREFIX = '/api/gv1.0/';

function readHead(request: IncomingMessage, url: URL): RequestHead {
  return {
    method: request.method ?? 'GET',
    path: splitPath(url.pathname.replace(/^\/(?:v1\.0|api\/gv1\.0)\/?/, '/')),
    target: url.pathname + url.search,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
    ),
  };
}

function definedHeaders({ headers }: RequestHead): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function tooLarge(): GraphError {
  return new GraphError(
    413,
    'RequestEntityTooLarge',
    'The page was not displayed because the request entity is too large.',
  );
}
