import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { isListening } from '../../src/store/is-listening.ts';
import { type RedisHandle, openRedis } from '../../src/store/open-redis.ts';
import { keepingLog, localRedis, systemClock, temporaryDirectory } from './local-redis.ts';

function open(dataDirectory: string, log = keepingLog()): Promise<RedisHandle> {
  return openRedis({ dataDirectory, clock: systemClock, log });
}

async function processId({ redis }: Pick<RedisHandle, 'redis'>): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
}

function socketOf({ address }: Pick<RedisHandle, 'address'>): string {
  return 'path' in address ? address.path : '';
}

test('processes that start at the same time share one server', async () => {
  await using directory = await temporaryDirectory();
  const children = Array.from({ length: 4 }, () => startOpener(directory.path));

  const pids = await Promise.all(children.map(firstLine));

  expect(new Set(pids).size).toBe(1);
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(await isListening(path.join(directory.path, 'redis', 'redis.sock'))).toBe(false);
});

test('the last one to leave stops the server, and its data is there the next time', async () => {
  await using directory = await temporaryDirectory();
  const first = await open(directory.path);
  const second = await open(directory.path);
  await first.redis.set('kept', 'yes');

  await first.close();
  expect(await second.redis.get('kept')).toBe('yes');
  await second.close();

  expect(await isListening(socketOf(second))).toBe(false);
  const third = await open(directory.path);
  expect(await third.redis.get('kept')).toBe('yes');
  await third.close();
});

test('a server whose owner was killed is adopted', async () => {
  await using directory = await temporaryDirectory();
  const owner = startOpener(directory.path);
  const pid = Number(await firstLine(owner));
  owner.kill('SIGKILL');
  await once(owner, 'exit');

  const handle = await open(directory.path);

  expect(await processId(handle)).toBe(pid);
  await handle.close();
  expect(await isListening(socketOf(handle))).toBe(false);
});

test('Q1: a local server that was killed is started again, with all that was acknowledged', async () => {
  await using local = await localRedis();
  await local.redis.set('kept', 'yes');
  const former = await processId(local);

  await local.kill();

  expect(await local.redis.get('kept')).toBe('yes');
  expect(await processId(local)).not.toBe(former);
});

test('a server that stands still is waited for, not replaced', async () => {
  await using local = await localRedis();
  const pid = await processId(local);
  process.kill(pid, 'SIGSTOP');
  const opening = open(local.directory);

  const first = await Promise.race([opening.then(() => 'opened'), systemClock.sleep(500).then(() => 'waits')]);
  process.kill(pid, 'SIGCONT');

  expect(first).toBe('waits');
  const handle = await opening;
  expect(await processId(handle)).toBe(pid);
  await handle.close();
});

test('a data directory with a long path works: the socket is elsewhere', async () => {
  await using directory = await temporaryDirectory();
  const handle = await open(path.join(directory.path, 'a-very-long-name'.repeat(10)));

  expect('path' in handle.address && handle.address.path.length).toBeLessThan(100);
  expect(await handle.redis.ping()).toBe('PONG');
  await handle.close();
  await rm(path.dirname(socketOf(handle)), { recursive: true });
});

test('Q8: a Redis that may evict keys is refused', async () => {
  await using local = await localRedis();
  await local.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const url = `unix://${socketOf(local)}`;

  const opened = openRedis({ url, dataDirectory: local.directory, clock: systemClock, log: keepingLog() });

  await expect(opened).rejects.toMatchObject({ code: 'StateUnavailable' });
  await expect(opened).rejects.toThrow(/allkeys-lru/);
});

test('Q8: a Redis that keeps nothing on disk is used with a loud warning', async () => {
  await using local = await localRedis();
  await local.redis.config('SET', 'appendonly', 'no');
  const url = `unix://${socketOf(local)}`;
  const log = keepingLog();

  const handle = await openRedis({ url, dataDirectory: local.directory, clock: systemClock, log });

  expect(log.lines.join()).toContain('RedisNotPersistent');
  await handle.close();
  expect(await local.redis.ping()).toBe('PONG');
});

test('a local server listens on no port, for this user only, and does not know our environment', async () => {
  await using local = await localRedis();

  expect(await local.redis.config('GET', 'port')).toEqual(['port', '0']);
  expect(await local.redis.config('GET', 'unixsocketperm')).toEqual(['unixsocketperm', '700']);
  expect(await local.redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
});

test('a server that cannot start says where its log is', async () => {
  await using directory = await temporaryDirectory();
  const handle = await open(directory.path);
  await handle.redis.set('a', 'b');
  await handle.close();
  const appendOnly = path.join(directory.path, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof');
  await writeFile(appendOnly, '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$garbage in the middle\r\n*1\r\n$4\r\nPING\r\n');

  await expect(open(directory.path)).rejects.toThrow(/redis\.log/);
});

test('a Redis that is not there is StateUnavailable, and the URL with its password is nowhere in the error', async () => {
  const log = keepingLog();
  const opened = openRedis({ url: 'redis://:hunter2@127.0.0.1:1', dataDirectory: '.', clock: systemClock, log });

  await expect(opened).rejects.toMatchObject({ code: 'StateUnavailable' });
  const error: unknown = await opened.catch((thrown: unknown) => thrown);
  expect(`${String(error)} ${log.lines.join()}`).not.toContain('hunter2');
});

// A process of its own that opens the local Redis, tells the server's process id, and closes at SIGTERM.
function startOpener(dataDirectory: string): ChildProcessByStdio<null, Readable, null> {
  const module = new URL('../../src/store/open-redis.ts', import.meta.url).href;
  const script = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { openRedis } from ${JSON.stringify(module)};
    const log = { info() {}, warn() {}, error() {} };
    const clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };
    const handle = await openRedis({ dataDirectory: ${JSON.stringify(dataDirectory)}, clock, log });
    process.once('SIGTERM', async () => { await handle.close(); process.exit(0); });
    console.log(/process_id:(\\d+)/.exec(await handle.redis.info('server'))[1]);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('the process said nothing');
}
