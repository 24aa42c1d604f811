import { Agent as HttpAgent, type IncomingHttpHeaders, type RequestOptions, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable, pipeline } from 'node:stream';
import { withoutCoding } from './content-coding.ts';

/** A request body whose bytes are made while they are sent: a large message exists once, not as JSON as well. */
export interface StreamedBody {
  /** Bytes that `pieces` gives. */
  readonly length: number;
  /** Begins anew with every call: a refused request is sent again. */
  readonly pieces: () => Iterable<Buffer>;
}

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

/** Below this many bytes one write costs less than the memory it saves. */
const ONE_WRITE = 64 * 1024;

// Connections are kept: a handshake costs more than most requests.
const AGENT = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 512, scheduling: 'lifo' } as const;
const httpAgent = new HttpAgent(AGENT);
const httpsAgent = new HttpsAgent(AGENT);

/**
 * One HTTP exchange, without redirects and without repeating anything. node:https takes the body as the Buffers it is;
 * fetch would copy every byte of it. Rejects with Node's error codes; an answer that was cut, or that nobody can decode, rejects, too.
 */
export function exchangeHttp({ method, url, headers, body, timeout, stillWanted }: HttpExchange): Promise<HttpAnswer> {
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method,
      agent: secure ? httpsAgent : httpAgent,
      headers: {
        'Accept-Encoding': 'identity',
        ...headers,
        ...(body === undefined ? {} : { 'Content-Length': String(body.length) }),
      },
      signal: AbortSignal.timeout(timeout),
    };
    const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (!response.complete) return reject(Object.assign(new Error('cut'), { code: 'ECUT' }));
        const { headers: answered, statusCode: status = 0 } = response;
        try {
          const bytes = withoutCoding(Buffer.concat(chunks), answered['content-encoding']);
          resolve({ status, headers: answered, text: bytes.toString('utf8') });
        } catch (error) {
          reject(Object.assign(new Error('unreadable', { cause: error }), { code: 'ECODING' }));
        }
      });
    });
    request.once('error', reject);
    if (stillWanted !== undefined)
      request.once('socket', () => {
        if (!stillWanted()) request.destroy(Object.assign(new Error('not sent'), { code: 'NOT_SENT' }));
      });
    if (body === undefined || Buffer.isBuffer(body)) return void request.end(body);
    if (body.length <= ONE_WRITE) return void request.end(Buffer.concat([...body.pieces()]));
    // What goes wrong here ends the request, and its 'error' says so.
    pipeline(Readable.from(body.pieces(), { objectMode: false }), request, () => undefined);
  });
}
