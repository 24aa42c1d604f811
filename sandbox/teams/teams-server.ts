import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerConnectorCall } from './connector.ts';
import type { ConnectorWorld } from './connector.ts';
import { BadRequest, readJson, sendAnswer } from './http-io.ts';
import type { Answer } from './http-io.ts';
import { UPLOADS } from './onedrive.ts';
import type { OneDrive } from './onedrive.ts';
import { answerPageCall } from './page-api.ts';
import type { PageWorld } from './page-api.ts';
import { sendPageFile } from './page-files.ts';
import { findPerson } from './people.ts';

/** One call of the bot, as it arrived. */
export interface SentCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** Decoded path, starting with `/v3/`. */
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

/** The path under which the bot's connector lives. */
export const CONNECTOR = '/connector';

/** Opens a port on loopback, nowhere else; 0 takes a free one. */
export function listenOnLoopback(port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}

/** Answers the bot's connector calls, the page's own calls and the page itself on one port. */
export function serveTeams(
  server: Server,
  port: number,
  connector: ConnectorWorld,
  page: PageWorld,
  oneDrive: OneDrive,
  onSent: (call: SentCall) => void,
): void {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
    const method = request.method ?? 'GET';
    if (pathname.startsWith(`${CONNECTOR}/`)) {
      const path = pathname.slice(CONNECTOR.length);
      const body = await readJson(request);
      const answer = answerConnectorCall(connector, { method, path, query: searchParams, body });
      onSent({ at: Date.now(), method, path: decodeURIComponent(path), body, status: answer.status });
      sendAnswer(response, answer);
    } else if (pathname.startsWith(UPLOADS)) {
      sendAnswer(response, await oneDrive.take(pathname.slice(UPLOADS.length), request));
    } else if (!isOwnPage(request, port)) {
      // Another site in the same browser must not speak to us, nor read us through a rebound name.
      sendAnswer(response, { status: 403, body: { error: 'Open the page by its loopback address.' } });
    } else if (pathname === '/api/events') {
      const person = findPerson(page.people, searchParams.get('as') ?? '');
      if (person === undefined) throw new BadRequest(404, 'There is nobody of that name.');
      page.streams.open(searchParams.get('tab') ?? randomBytes(8).toString('hex'), person, response);
    } else if (pathname.startsWith('/api/')) {
      const body = method === 'POST' ? await readJson(request) : undefined;
      sendAnswer(response, await answerPageCall(page, method, pathname, searchParams, body));
    } else {
      await sendPageFile(pathname, response);
    }
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => sendAnswer(response, failure(error)));
  });
}

function isOwnPage(request: IncomingMessage, port: number): boolean {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const origin = request.headers.origin?.replace('http://', '');
  return names.includes(request.headers.host ?? '') && (origin === undefined || names.includes(origin));
}

function failure(error: unknown): Answer {
  if (error instanceof BadRequest) return { status: error.status, body: { error: error.message } };
  return { status: 500, body: { error: error instanceof Error ? error.message : 'Something went wrong.' } };
}
