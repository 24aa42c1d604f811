import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { MOST_ANSWERED, withoutCoding } from './content-coding.ts';
import type { StreamedBody } from './streamed-body.ts';

export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | StreamedBody | undefined;
  /** ms for the whole exchange */
  readonly timeout: number;
  /** Asked when there is a connection, right before the first byte: with "no" nothing is sent, and the error's code is NOT_SENT. */
  readonly stillWanted?: (() => boolean) | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No connection in time: nothing was sent. */
export const CONNECT_TIMEOUT = 'ECONNECTTIMEOUT';

/** Below this many bytes one write costs less than the memory it saves. */
const ONE_WRITE = 64 * 1024;

/**
 * Connections are kept: a handshake costs more than most requests. One request at a time on each, none is repeated, and
 * HTTP/1.1 only: Graph's limits count requests, and a broken connection of HTTP/2 would leave many without an answer.
 */
const agent = new Agent({
  allowH2: false,
  pipelining: 1,
  connections: 512,
  keepAliveTimeout: 30_000,
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { timeout: 20_000 },
});

/**
 * One HTTP exchange, without redirects and without repeating anything; the body goes out as the Buffers it is. Rejects
 * with Node's error codes; an answer that was cut, or that nobody can decode, rejects, too.
 */
export function exchangeHttp({ method, url, headers, body, timeout, stillWanted }: HttpExchange): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(url);
  const lengthHeader = body === undefined ? {} : { 'Content-Length': String(body.length) };
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let status = 0;
    let answered: IncomingHttpHeaders = {};
    let running: Dispatcher.DispatchController | undefined;
    let tooLate: Error | undefined;
    const timer = setTimeout(() => {
      tooLate = codedError('ETIMEDOUT');
      running?.abort(tooLate);
      reject(tooLate);
    }, timeout);
    agent.dispatch(
      {
        origin,
        path: pathname + search,
        method,
        headers: { 'Accept-Encoding': 'identity', ...headers, ...lengthHeader },
        body: payloadOf(body),
      },
      {
        onRequestStart(controller) {
          running = controller;
          if (tooLate !== undefined) controller.abort(tooLate);
          else if (stillWanted?.() === false) controller.abort(codedError('NOT_SENT'));
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          answered = responseHeaders;
        },
        onResponseData(controller, chunk) {
          received += chunk.length;
          if (received <= MOST_ANSWERED) chunks.push(chunk);
          else if (chunks.splice(0).length > 0) controller.abort(codedError('ETOOLONG'));
        },
        onResponseEnd() {
          clearTimeout(timer);
          try {
            const bytes = withoutCoding(Buffer.concat(chunks), answered['content-encoding']);
            resolve({ status, headers: answered, text: bytes.toString('utf8') });
          } catch (error) {
            reject(codedError('ECODING', error));
          }
        },
        onResponseError(_controller, error) {
          clearTimeout(timer);
          reject(named(error));
        },
      },
    );
  });
}

function payloadOf(body: Buffer | StreamedBody | undefined): Buffer | Readable | null {
  if (body === undefined || Buffer.isBuffer(body)) return body ?? null;
  return body.length <= ONE_WRITE ? Buffer.concat([...body.pieces()]) : streamOf(body.pieces());
}

// Readable.from waits a turn of the event loop for every piece, though all of them can be had at once.
function streamOf(pieces: Iterable<Buffer>): Readable {
  const source = pieces[Symbol.iterator]();
  return new Readable({
    read() {
      const { done, value } = source.next();
      this.push(done === true ? null : value);
    },
  });
}

function codedError(code: string, cause?: unknown): Error {
  return Object.assign(new Error(code, { cause }), { code });
}

/** What undici has names of its own for. */
const NODE_CODES: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: CONNECT_TIMEOUT,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECUT',
};

function named(error: Error): Error {
  const code: unknown = Reflect.get(error, 'code');
  const known = typeof code === 'string' ? NODE_CODES[code] : undefined;
  return known === undefined ? error : codedError(known, error);
}
