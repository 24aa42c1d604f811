import { type Socket, connect } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { type EndpointTest } from '../engine/domain/events.ts';
import { failure } from '../engine/domain/failure.ts';
import { connectFailure, sentence } from './imap-failure.ts';
import { missingMechanism } from './sign-in-refusal.ts';

const DEADLINE = 20_000;
const MAX_ANSWER = 64 * 1024;

/** Reaches a server the way a sync would, without signing in: greeting, STARTTLS where wanted, CAPABILITY, and whether it offers a way to sign in. */
export async function probeServer(
  endpoint: MigrationEndpoint,
  address: string,
  signal: AbortSignal,
): Promise<EndpointTest> {
  const sockets: Socket[] = [];
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]);
  deadline.addEventListener('abort', () => sockets.forEach((socket) => socket.destroy(timeout())), { once: true });
  try {
    const plain = await connected(connect({ host: address, port: endpoint.port }), 'connect');
    sockets.push(plain);
    let socket: Socket = plain;
    if (endpoint.security === 'tls') sockets.push((socket = await upgrade(plain, endpoint.host)));
    let lines = lineReader(socket);
    const greeting = await lines();
    if (!/^\* (OK|PREAUTH)/i.test(greeting)) throw Object.assign(new Error('greeting'), { responseText: greeting });
    if (endpoint.security === 'starttls') {
      await command(socket, lines, 'a1 STARTTLS');
      sockets.push((socket = await upgrade(plain, endpoint.host)));
      lines = lineReader(socket);
    }
    const answers = await command(socket, lines, 'a2 CAPABILITY');
    socket.write('a3 LOGOUT\r\n');
    const capabilities =
      answers
        .find((line) => /^\* CAPABILITY /i.test(line))
        ?.slice(13)
        .trim()
        .split(' ') ?? [];
    const missing = capabilities.length === 0 ? undefined : missingMechanism(endpoint, capabilities);
    return {
      reachable: true,
      ...(missing === undefined ? {} : { error: failure('ImapMechanismUnsupported', { detail: sentence(missing) }) }),
      greeting: sentence(greeting.replace(/^\* \w+ /, '').replace(/^\[[^\]]*\] ?/, '')),
      capabilities: capabilities.slice(0, 100).map(sentence),
      ...('getProtocol' in socket ? { tls: (socket as TLSSocket).getProtocol() ?? 'TLS' } : {}),
    };
  } catch (error) {
    const { code, details } = connectFailure(error, undefined, endpoint, []);
    return {
      reachable: false,
      capabilities: [],
      error: failure(code, { host: endpoint.host, port: endpoint.port, endpoint: endpoint.name, ...details }),
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function timeout(): Error {
  return Object.assign(new Error('timeout'), { code: 'CONNECT_TIMEOUT' });
}

async function upgrade(socket: Socket, servername: string): Promise<TLSSocket> {
  return connected(connectTls({ socket, servername, minVersion: 'TLSv1.2' }), 'secureConnect');
}

function connected<Kind extends Socket>(socket: Kind, event: 'connect' | 'secureConnect'): Promise<Kind> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(event, () => resolve(socket));
  });
}

async function command(socket: Socket, line: () => Promise<string>, text: string): Promise<readonly string[]> {
  const tag = `${text.split(' ')[0]} `;
  socket.write(`${text}\r\n`);
  const answers: string[] = [];
  for (;;) {
    const answer = await line();
    if (!answer.startsWith(tag)) answers.push(answer);
    else if (/^\S+ OK/i.test(answer)) return answers;
    else
      throw Object.assign(new Error(text.includes('STARTTLS') ? 'no STARTTLS' : 'refused'), { responseText: answer });
  }
}

// Lines on demand, at most MAX_ANSWER bytes in all.
function lineReader(socket: Socket): () => Promise<string> {
  let buffered = '';
  let wake: (() => void) | undefined;
  let ended: Error | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    buffered += chunk;
    if (buffered.length > MAX_ANSWER) socket.destroy(new Error('too much'));
    wake?.();
  });
  const end = (error?: Error): void => {
    ended = error ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' });
    wake?.();
  };
  socket.on('error', end);
  socket.on('close', () => end(ended));
  return async () => {
    for (;;) {
      const at = buffered.indexOf('\r\n');
      if (at >= 0) {
        const line = buffered.slice(0, at);
        buffered = buffered.slice(at + 2);
        return line;
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}
