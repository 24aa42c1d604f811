import { Agent as HttpAgent, type IncomingHttpHeaders, type RequestOptions, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** ms for the whole exchange */
  readonly timeout: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

// Connections are kept: a handshake costs more than most requests.
const AGENT = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 512, scheduling: 'lifo' } as const;
const httpAgent = new HttpAgent(AGENT);
const httpsAgent = new HttpsAgent(AGENT);

/**
 * One HTTP exchange, without redirects and without repeating anything. node:https takes the body as the Buffer it is;
 * fetch would copy every byte of it. Rejects with Node's error codes; an answer that was cut rejects, too.
 */
export function exchangeHttp({ method, url, headers, body, timeout }: HttpExchange): Promise<HttpAnswer> {
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method,
      agent: secure ? httpsAgent : httpAgent,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': String(body.length) }) },
      signal: AbortSignal.timeout(timeout),
    };
    const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (!response.complete) return reject(Object.assign(new Error('cut'), { code: 'ECUT' }));
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}
