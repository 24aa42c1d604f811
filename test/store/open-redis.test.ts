import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRedis } from '../../src/store/open-redis.ts';
import { keepingLog, temporaryDirectory } from './local-redis.ts';

/** Opens a server somebody else set up like this; answers why it was refused, and what was said loudly. */
async function openWith(...settings: readonly string[]) {
  await using directory = await temporaryDirectory();
  const socket = join(directory.path, 'redis.sock');
  const place = ['--port', '0', '--unixsocket', socket, '--dir', directory.path, '--save', ''];
  const server = spawn('redis-server', [...place, ...settings], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const log = keepingLog();
  try {
    await expect.poll(() => existsSync(socket), { timeout: 10_000 }).toBe(true);
    const opened = openRedis({ url: `unix://${socket}`, dataDirectory: directory.path, log });
    const refused = await opened.then(
      async (handle) => {
        await handle[Symbol.asyncDispose]();
        return '';
      },
      (error: unknown) => String(error),
    );
    return { refused, told: log.lines.join('\n') };
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

test('a server that keeps everything is taken without a word', async () => {
  expect(await openWith('--appendonly', 'yes')).toEqual({ refused: '', told: '' });
});

test('a server that may drop keys is refused', async () => {
  const { refused } = await openWith(
    '--appendonly',
    'yes',
    '--maxmemory',
    '100mb',
    '--maxmemory-policy',
    'allkeys-lru',
  );

  expect(refused).toContain('Set it to noeviction');
});

test.each([
  ['keeps nothing', ['--appendonly', 'no'], 'Redis does not persist'],
  ['writes when the system likes', ['--appendonly', 'yes', '--appendfsync', 'no'], 'a power cut'],
])('a server that %s is taken, and that is said loudly', async (_title, settings, words) => {
  const { refused, told } = await openWith(...settings);

  expect(refused).toBe('');
  expect(told).toContain(words);
});
