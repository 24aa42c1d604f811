import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { DnsQuestion } from '../engine/domain/dns-records.ts';
import { dnsName } from '../engine/domain/dns-records.ts';
import { type DnsReply, decodeReply, encodeQuery } from './dns-wire.ts';
import type { DnsServer } from './resolver-address.ts';

export interface AskOptions {
  /** Ask a resolver to find it out; false for a server of the zone. */
  readonly recursion: boolean;
  /** ms an answer may take, each try. */
  readonly timeout: number;
}

/** Datagrams get lost: asked this often. */
const TRIES = 2;
const LONGEST_REPLY = 65_535;

/**
 * Asks one server one question, by UDP, and by TCP when the answer does not fit (RFC 7766). node:dns has no TTLs of MX,
 * TXT and CNAME and does not say whether an answer is authoritative. Rejects with an Error whose message says why.
 */
export async function askServer(server: DnsServer, question: DnsQuestion, options: AskOptions): Promise<DnsReply> {
  const ask = (send: Exchange): Promise<DnsReply> => {
    const id = randomInt(0x1_00_00);
    return send(server, encodeQuery(id, question, options.recursion), (reply) => fits(reply, id, question), options);
  };
  let reply: DnsReply | undefined;
  for (let tries = 1; reply === undefined; tries += 1) {
    reply = await ask(byDatagram).catch((error: unknown) => {
      if (tries >= TRIES) throw error;
      return undefined;
    });
  }
  return reply.truncated ? ask(byStream) : reply;
}

type Exchange = (
  server: DnsServer,
  query: Buffer,
  accepts: (reply: DnsReply) => boolean,
  options: AskOptions,
) => Promise<DnsReply>;

// Somebody who guesses the port sends answers, too: only one to this question, with this number, counts (RFC 5452).
function fits(reply: DnsReply, id: number, question: DnsQuestion): boolean {
  return reply.id === id && reply.question?.name === dnsName(question.name) && reply.question.type === question.type;
}

function byDatagram(...[server, query, accepts, { timeout }]: Parameters<Exchange>): Promise<DnsReply> {
  const { promise, resolve, reject } = Promise.withResolvers<DnsReply>();
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  const timer = setTimeout(() => reject(new Error('no answer')), timeout);
  socket.on('error', () => reject(new Error('not reachable')));
  socket.on('message', (bytes) => {
    const reply = readable(bytes);
    if (reply !== undefined && accepts(reply)) resolve(reply);
  });
  // Connected: the system drops what comes from elsewhere.
  socket.on('connect', () => socket.send(query));
  socket.connect(server.port, server.address);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

function byStream(...[server, query, accepts, { timeout }]: Parameters<Exchange>): Promise<DnsReply> {
  const { promise, resolve, reject } = Promise.withResolvers<DnsReply>();
  const socket = connect(server.port, server.address);
  const timer = setTimeout(() => reject(new Error('no answer by TCP')), timeout);
  let received = Buffer.alloc(0);
  socket.on('error', () => reject(new Error('not reachable by TCP')));
  socket.on('end', () => reject(new Error('the answer was cut')));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) {
      if (received.length > LONGEST_REPLY + 2) reject(new Error('the answer does not end'));
      return;
    }
    const reply = readable(received.subarray(2, received.readUInt16BE(0) + 2));
    if (reply !== undefined && accepts(reply) && !reply.truncated) resolve(reply);
    else reject(new Error('not an answer'));
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length, 0);
  socket.write(Buffer.concat([length, query]));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function readable(bytes: Buffer): DnsReply | undefined {
  try {
    return decodeReply(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
