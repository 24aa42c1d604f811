import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import { withExclusiveLock } from './exclusive-lock.ts';
import { findRedisServer } from './find-redis-server.ts';
import { isListening } from './is-listening.ts';
import { type RedisAddress, answers } from './redis-connection.ts';
import { redisSocketPath } from './socket-path.ts';

/** A large append-only file takes its time to load: about 2 s a million records. */
const START_PATIENCE = 60_000;
const LOOK_EVERY = 15;

/** The local Redis of one data directory, shared by all Bellhop processes that use the directory. */
export interface EmbeddedRedis {
  readonly address: RedisAddress;
  /** Adopts the running server or starts one, then runs `connect` before anybody may stop it again. */
  ensure<Result>(connect: () => Promise<Result>): Promise<Result>;
  /** Stops the server unless other connections than the given one use it. Whoever leaves last stops it, so that none stays behind. */
  leave(redis: Redis): Promise<void>;
}

/** Prepares the local Redis under `<dataDirectory>/redis`; nothing is started yet. */
export async function embeddedRedis(dataDirectory: string, clock: Clock, log: Logger): Promise<EmbeddedRedis> {
  const directory = path.join(path.resolve(dataDirectory), 'redis');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const address = { path: await redisSocketPath(directory) };
  const lock = path.join(directory, 'start.lock');
  return {
    address,
    ensure: (connect) =>
      withExclusiveLock(lock, clock, START_PATIENCE * 2, async () => {
        if (!(await isListening(address.path))) await start(directory, address, clock, log);
        return await connect();
      }),
    leave: (redis) =>
      withExclusiveLock(lock, clock, START_PATIENCE, async () => {
        if (!(await isAlone(redis, clock))) return await quit(redis);
        await stop(redis);
        while (await isListening(address.path)) await clock.sleep(LOOK_EVERY);
      }),
  };
}

// Looks more than once: connections closed a moment ago may still be listed.
async function isAlone(redis: Redis, clock: Clock): Promise<boolean> {
  for (let looks = 0; looks < 5; looks += 1) {
    const others = await countOthers(redis).catch(() => Infinity);
    if (others === 0) return true;
    await clock.sleep(LOOK_EVERY);
  }
  return false;
}

async function countOthers(redis: Redis): Promise<number> {
  const [own, clients] = await Promise.all([redis.client('ID'), redis.client('LIST')]);
  const lines = String(clients).split('\n');
  return lines.filter((line) => line.startsWith('id=') && !line.startsWith(`id=${own} `)).length;
}

/** Ends a connection in order, and at once when nobody answers. */
export async function quit(redis: Redis): Promise<void> {
  await redis.quit().catch(() => undefined);
  redis.disconnect();
}

// The connection that ends is the answer; the append-only file is flushed before (NOSAVE leaves out the RDB file only).
// The command must not be sent again to a server somebody starts next.
async function stop(redis: Redis): Promise<void> {
  const closed = once(redis, 'close');
  redis.shutdown('NOSAVE').catch(() => undefined);
  await closed;
  redis.disconnect();
}

async function start(directory: string, address: { readonly path: string }, clock: Clock, log: Logger): Promise<void> {
  const program = await findRedisServer(process.env['PATH'] ?? '');
  // Its own session: Ctrl-C in the terminal reaches Bellhop alone, which then stops Redis in order. No environment:
  // Bellhop's holds secrets.
  const server = spawn(program, serverArguments(directory, address.path), { detached: true, stdio: 'ignore', env: {} });
  let ended: string | undefined;
  server.once('error', (error) => (ended = error.name));
  server.once('exit', (code, signal) => (ended = `exit ${code ?? signal ?? ''}`));
  const until = clock.now() + START_PATIENCE;
  while (!(await answers(address))) {
    if (ended !== undefined || clock.now() > until) {
      throw new MigrationError('StateUnavailable', {
        detail: `${path.basename(program)} did not start (${ended ?? 'too slow'}); see ${path.join(directory, 'redis.log')}`,
      });
    }
    await clock.sleep(LOOK_EVERY);
  }
  server.unref();
  log.info({ program, pid: server.pid ?? 0 }, 'redis started');
}

// No port, a socket only this user may open, every write in the append-only file within a second, nothing ever evicted.
function serverArguments(directory: string, socket: string): readonly string[] {
  const flags = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: directory,
    logfile: path.join(directory, 'redis.log'),
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
}
