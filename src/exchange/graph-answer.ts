import { type GraphError, type GraphVerdict, judge, readGraphError, readRetryAfter } from './graph-failure.ts';

export type GraphAnswer<Body> =
  | { readonly ok: true; readonly status: number; readonly body: Body }
  | { readonly ok: false; readonly verdict: GraphVerdict; readonly error: GraphError };

/** What came back for a request, by itself or inside of a batch. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The JSON of the body; `{}` for none, undefined for what is no JSON. */
  readonly body: unknown;
}

export interface Expected {
  /** The id the request went out with, for support. */
  readonly id: string;
  /** ms since 1970 UTC */
  readonly now: number;
  /** Whether a success with this body is one. */
  readonly isWhole: boolean;
}

export type Judged<Body> = GraphAnswer<Body> & { readonly retryAfter?: number | undefined };

/** What a reply means for the request that got it; `retryAfter` in ms where the server named a time. */
export function answerOf<Body>({ status, headers, body }: Reply, { id, now, isWhole }: Expected): Judged<Body> {
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && body !== undefined && isWhole) return { ok: true, status, body: body as Body };
  // A success whose body was cut: it was carried out, or not.
  if (isSuccess) return withoutAnswer(id, status, 'the answer was cut');
  const error = readGraphError(status, body, String(headers['request-id'] ?? id));
  const retryAfter = readRetryAfter(textOf(headers['retry-after']), serverTime(textOf(headers['date']), now));
  return { ok: false, verdict: judge(error), error, retryAfter };
}

/** The answer that did not come: what was asked for was carried out, or not. */
export function withoutAnswer(requestId: string, status: number, message: string) {
  return { ok: false, verdict: 'uncertain', error: { status, code: message, message, requestId } } as const;
}

/** The JSON of a body: `{}` for none, undefined for what is no JSON. */
export function readJson(text: string): unknown {
  if (text === '') return {};
  try {
    // A byte order mark is no JSON, but some gateways write one (RFC 8259 8.1: may be ignored).
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function textOf(header: string | readonly string[] | undefined): string | null {
  return header === undefined ? null : String(header);
}

// A time to come back is given by the clock of the server, which may differ from ours (RFC 9110 10.2.3).
function serverTime(date: string | null, now: number): number {
  const time = Date.parse(date ?? '');
  return Number.isFinite(time) ? time : now;
}
