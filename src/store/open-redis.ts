import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Logger } from '../engine/ports.ts';

/** Where a Redis is: a unix socket or a host, in the words both ioredis and BullMQ take. */
export interface RedisAddress {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername: string };
}

/** A Redis that was found, adopted or started. */
export interface RedisHandle extends AsyncDisposable {
  readonly options: RedisAddress;
  /** A connection of its own; the caller ends it. */
  readonly connect: () => Redis;
}

/** How long the embedded server may take to stop at each request, in ms. */
const STOPS_WITHIN = 5_000;
/** The first version with everything the scripts and the queue use. */
const OLDEST = 7;

export interface OpenRedisOptions {
  /** REDIS_URL; undefined for the embedded server. */
  readonly url: string | undefined;
  readonly dataDirectory: string;
  readonly log: Logger;
}

/**
 * Opens the Redis of REDIS_URL, or the embedded one: a local redis-server or valkey-server with its data below the data
 * directory, adopted when it already runs. Whoever started it stops it, unless others still use it. Throws when there is no server, or one that may drop
 * keys.
 */
export async function openRedis({ url, dataDirectory, log }: OpenRedisOptions): Promise<RedisHandle> {
  const embedded = url === undefined ? await openEmbedded(resolve(dataDirectory, 'redis')) : undefined;
  const options = embedded?.options ?? optionsOf(url ?? '');
  const connect = (): Redis => {
    const redis = new Redis({ ...options, maxRetriesPerRequest: null });
    // Without a listener a lost connection would end the process; commands wait and the connection comes back.
    redis.on('error', (error: NodeJS.ErrnoException) =>
      log.warn({ code: error.code ?? 'RedisError' }, 'redis connection'),
    );
    return redis;
  };
  const control = connect();
  await checkSettings(control, log);
  return {
    options,
    connect,
    async [Symbol.asyncDispose]() {
      const child = embedded?.child;
      if (child !== undefined && isRunning(child) && (await isLast(control))) await stop(child, control);
      control.disconnect();
    },
  };
}

function optionsOf(url: string): RedisAddress {
  const parsed = new URL(url);
  if (parsed.protocol === 'unix:') return { path: parsed.pathname };
  const tls = parsed.protocol === 'rediss:' ? { tls: { servername: parsed.hostname } } : {};
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 6379),
    db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...tls,
  };
}

interface Embedded {
  readonly options: RedisAddress;
  /** The server, when this process started it. */
  readonly child: ChildProcess | undefined;
}

async function openEmbedded(directory: string): Promise<Embedded> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = socketPath(directory);
  if (await answers(path)) return { options: { path }, child: undefined };
  const binary = findBinary();
  if (binary === undefined) {
    throw new Error('No Redis: set REDIS_URL, or install a server: apt-get install redis-server');
  }
  // Several processes may come here at once: all but one find the data locked by a server that answers a moment later.
  const child = spawn(
    binary,
    [
      ...['--port', '0', '--unixsocket', path, '--unixsocketperm', '700', '--dir', directory],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
      ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no', '--loglevel', 'warning'],
    ],
    { stdio: 'ignore', detached: true },
  );
  child.unref();
  await until(() => answers(path), 15_000);
  return { options: { path }, child };
}

// A unix socket's path holds about 100 characters (sun_path).
function socketPath(directory: string): string {
  const path = join(directory, 'redis.sock');
  if (path.length < 100) return path;
  return join(tmpdir(), `bellhop-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}.sock`);
}

function findBinary(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return ['valkey-server', 'redis-server']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(existsSync);
}

async function answers(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const probe = new Redis({ path, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    return (await probe.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    probe.disconnect();
  }
}

async function until(condition: () => Promise<boolean>, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error('The embedded Redis did not start; see its data directory and memory.');
    await new Promise((done) => setTimeout(done, 20));
  }
}

// Evicted keys are lost jobs and forgotten users: such a server is refused. Missing persistence is the operator's choice, said loudly.
async function checkSettings(redis: Redis, log: Logger): Promise<void> {
  const policy = await setting(redis, 'maxmemory-policy');
  if (policy !== undefined && policy !== 'noeviction') {
    redis.disconnect();
    throw new Error(`Redis may drop keys (maxmemory-policy ${policy}). Set it to noeviction.`);
  }
  const version = await versionOf(redis);
  if (version < OLDEST) {
    redis.disconnect();
    throw new Error(`Redis ${version} is too old: ${OLDEST} or newer, or Valkey.`);
  }
  if ((await setting(redis, 'appendonly')) === 'no') {
    log.warn({ setting: 'appendonly' }, 'Redis does not persist: after a crash batches have to be imported again');
  } else if ((await setting(redis, 'appendfsync')) === 'no') {
    log.warn(
      { setting: 'appendfsync' },
      'Redis persists when the system likes: a power cut may take half a minute of it',
    );
  }
}

// Managed servers forbid CONFIG; then nothing can be said.
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const reply: unknown = await redis.config('GET', name);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : undefined;
  } catch {
    return undefined;
  }
}

// Valkey says the version of Redis it goes back to, which is 7.
async function versionOf(redis: Redis): Promise<number> {
  const major = /redis_version:(\d+)/.exec(await redis.info('server'))?.[1];
  return major === undefined ? OLDEST : Number(major);
}

// SHUTDOWN has no answer when it works, and is asked again when the connection ends first: the process itself is waited for.
// A server that refuses, as in the middle of writing its first file, is told by signals; what it acknowledged is on disk.
async function stop(child: ChildProcess, control: Redis): Promise<void> {
  const ended = new Promise((done) => child.once('exit', done));
  control.call('SHUTDOWN', 'SAVE').catch(() => undefined);
  const timers = (['SIGTERM', 'SIGKILL'] as const).map((signal, at) =>
    setTimeout(() => child.kill(signal), STOPS_WITHIN * (at + 1)),
  );
  await ended;
  for (const timer of timers) clearTimeout(timer);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function isLast(redis: Redis): Promise<boolean> {
  const clients = await redis.client('LIST').catch(() => '');
  return String(clients).trim().split('\n').length <= 1;
}
