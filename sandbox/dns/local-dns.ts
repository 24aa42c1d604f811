import { type Socket as DatagramSocket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type Query, type ZoneRecord, type ZoneType, readQuery, writeReply } from './dns-wire.ts';

/** How a server misbehaves. `refused` and `failing` answer with a code, `garbage` with something else, `forged` under another number first. */
export type DnsMood = 'well' | 'silent' | 'refused' | 'failing' | 'garbage' | 'forged' | 'lame';

export interface LocalDnsOptions {
  /** Name servers of the zones, each with a loopback address of its own: ns1 is 127.0.0.11, ns2 127.0.0.12. */
  readonly authorities?: number;
  /** 127.0.0.1, 127.0.0.2, ... */
  readonly resolvers?: number;
}

/**
 * The DNS on this machine: name servers and resolvers on loopback addresses of their own, all on one port, whose data
 * changes at any time, everywhere or at one server only.
 */
export interface LocalDns extends AsyncDisposable {
  readonly port: number;
  /** "127.0.0.1:port,...": BELLHOP_DNS. */
  readonly resolvers: string;
  /** Addresses of the servers of every zone. */
  readonly authorities: readonly string[];
  /** Makes a name a zone: its NS records lead to the name servers. */
  addZone(name: string): void;
  /** Sets the records of a name, everywhere or at one server. MX: "10 mail.example.com". An empty list takes them away. */
  set(name: string, type: ZoneType, values: readonly string[], more?: { ttl?: number; only?: string }): void;
  behave(server: string, mood: DnsMood): void;
  /** Questions a server was asked, as "MX example.com". */
  asked(server: string): readonly string[];
}

type Names = Map<string, readonly ZoneRecord[]>;

/** Largest datagram without EDNS (RFC 1035 section 4.2.1). */
const LONGEST_DATAGRAM = 512;
const NAME_SERVER_TTL = 300;

export async function startLocalDns({ authorities = 2, resolvers = 1 }: LocalDnsOptions = {}): Promise<LocalDns> {
  const authorityAddresses = Array.from({ length: authorities }, (_, at) => `127.0.0.${11 + at}`);
  const resolverAddresses = Array.from({ length: resolvers }, (_, at) => `127.0.0.${1 + at}`);
  const everywhere: Names = new Map();
  const only = new Map<string, Names>();
  const moods = new Map<string, DnsMood>();
  const asked = new Map<string, string[]>();

  function records(server: string, name: string, type: ZoneType): readonly ZoneRecord[] | undefined {
    const key = `${type} ${name}`;
    return only.get(server)?.get(key) ?? everywhere.get(key);
  }

  function isThere(server: string, name: string): boolean {
    const all = [...everywhere, ...(only.get(server) ?? [])];
    return all.some(([key, values]) => values.length > 0 && (key.endsWith(` ${name}`) || key.endsWith(`.${name}`)));
  }

  function answer(server: string, query: Query, byStream: boolean): readonly Buffer[] {
    asked.set(server, [...(asked.get(server) ?? []), `${query.type ?? '?'} ${query.name}`]);
    const mood = moods.get(server) ?? 'well';
    const authoritative = authorityAddresses.includes(server) && mood !== 'lame';
    if (mood === 'silent') return [];
    if (mood === 'garbage') return [Buffer.from('not a reply of a name server at all')];
    if (mood === 'refused' || mood === 'failing')
      return [writeReply({ query, authoritative: false, code: mood === 'refused' ? 5 : 2, records: [] })];
    const { type } = query;
    const found = type === undefined ? [] : (records(server, query.name, type) ?? []);
    const named = type === undefined ? [] : found.map((record) => ({ ...record, name: query.name, type }));
    const code = found.length === 0 && !isThere(server, query.name) ? 3 : 0;
    const reply = writeReply({ query, authoritative, code, records: named });
    const fits = byStream || reply.length <= LONGEST_DATAGRAM;
    const whole = fits ? reply : writeReply({ query, authoritative, code, records: named, truncated: true });
    if (mood !== 'forged') return [whole];
    const forged = { ...query, id: query.id ^ 1 };
    const lie = { name: query.name, type: 'MX', value: '0 evil.example', ttl: 1 } as const;
    return [writeReply({ query: forged, authoritative, code: 0, records: [lie] }), whole];
  }

  const addresses = [...resolverAddresses, ...authorityAddresses];
  const { port, close } = await listenOnAll(addresses, answer);
  const set: LocalDns['set'] = (name, type, values, { ttl = 3600, only: server } = {}) => {
    const names: Names = server === undefined ? everywhere : (only.get(server) ?? new Map());
    if (server !== undefined) only.set(server, names);
    names.set(
      `${type} ${name.toLowerCase()}`,
      values.map((value) => ({ value, ttl })),
    );
  };
  return {
    port,
    resolvers: resolverAddresses.map((address) => `${address}:${port}`).join(','),
    authorities: authorityAddresses,
    addZone(name) {
      const hosts = authorityAddresses.map((_, at) => `ns${at + 1}.${name}`);
      set(name, 'NS', hosts, { ttl: NAME_SERVER_TTL });
      for (const [at, host] of hosts.entries())
        set(host, 'A', [authorityAddresses[at] ?? ''], { ttl: NAME_SERVER_TTL });
    },
    set,
    behave: (server, mood) => void moods.set(server, mood),
    asked: (server) => asked.get(server) ?? [],
    [Symbol.asyncDispose]: close,
  };
}

type Answer = (server: string, query: Query, byStream: boolean) => readonly Buffer[];

// One port on all addresses, for datagrams and streams: the first address finds one that is free, the others may not.
async function listenOnAll(
  addresses: readonly string[],
  answer: Answer,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  for (let tries = 1; ; tries += 1) {
    await using opened = new AsyncDisposableStack();
    let port = 0;
    try {
      for (const address of addresses) {
        const server = opened.adopt(await listenByStream(address, port, answer), closeServer);
        port = (server.address() as AddressInfo).port;
        opened.adopt(await listenByDatagram(address, port, answer), closeSocket);
      }
      const running = opened.move();
      return { port, close: () => running.disposeAsync() };
    } catch (error) {
      if (tries >= 20) throw error;
    }
  }
}

async function listenByDatagram(address: string, port: number, answer: Answer): Promise<DatagramSocket> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { address: from, port: to }) => {
    for (const reply of answer(address, readQuery(bytes), false)) socket.send(reply, to, from);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

const connections = new WeakMap<Server, Set<Socket>>();

async function listenByStream(address: string, port: number, answer: Answer): Promise<Server> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // Whoever asked may be gone before it was answered.
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
      for (const reply of answer(address, readQuery(received.subarray(2)), true)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length, 0);
        socket.write(Buffer.concat([length, reply]));
      }
    });
  });
  connections.set(server, open);
  server.listen(port, address);
  await once(server, 'listening');
  return server;
}

async function closeServer(server: Server): Promise<void> {
  for (const socket of connections.get(server) ?? []) socket.destroy();
  const closed = once(server, 'close');
  server.close();
  await closed;
}

async function closeSocket(socket: DatagramSocket): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}
