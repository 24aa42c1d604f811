import type { ExchangeWorld } from '../exchange-world.ts';
import type { Mailbox, UserAccount } from '../directory/directory.ts';
import { badRequest, unreadableBody } from './graph-error.ts';
import { parseRequestJson } from './request-json.ts';
import type { RequestJson } from './request-json.ts';

/** A request for Graph, from the wire or from inside a batch. Header names are lower case. */
export interface GraphRequest {
  readonly method: string;
  /** Decoded segments after the version. */
  readonly path: readonly string[];
  /** Path and query as they came, from the version on: what links repeat and fault rules match. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: RequestBody;
}

/** Body bytes, or the already parsed body of a request inside a batch. */
export type RequestBody = { readonly bytes: Buffer } | { readonly json: RequestJson };

export interface GraphAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written as JSON; absent for 204 and the like. */
  readonly json?: object;
  /** Anything else: mail as MIME, attachment contents, counts. */
  readonly bytes?: Buffer;
  readonly contentType?: string;
}

/** One request on its way through a route. */
export interface GraphCall {
  readonly world: ExchangeWorld;
  readonly request: GraphRequest;
  /** Values of the route's {names}. */
  readonly params: Readonly<Record<string, string>>;
}

/** A request on a mailbox that exists and that the application may use. */
export interface MailboxCall extends GraphCall {
  readonly user: UserAccount;
  readonly mailbox: Mailbox;
  /** Whether the answer shows immutable ids: `Prefer: IdType="ImmutableId"`. */
  readonly immutableIds: boolean;
}

export function param(call: GraphCall, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no {${name}}`);
  return value;
}

/** The JSON body of a call; throws 400 when there is none. */
export function requestJson(request: GraphRequest): RequestJson {
  if ('json' in request.body) return request.body.json;
  if (request.body.bytes.length === 0) throw unreadableBody('Empty Payload. JSON content expected.');
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) throw badRequest(`Unsupported media type '${type}'.`);
  return parseRequestJson(request.body.bytes);
}

export function wantsImmutableIds(request: GraphRequest): boolean {
  return /IdType\s*=\s*"?ImmutableId"?/i.test(request.headers['prefer'] ?? '');
}
