import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LogSync, logSync } from '../../src/store/log-sync.ts';

let directory: string;
let log: LogSync;
/** Ends of the syncs that were begun, in their order. */
let begun: PromiseWithResolvers<void>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-sync-'));
  const file = join(directory, 'log');
  await writeFile(file, 'written');
  log = logSync(file);
  begun = [];
  await using handle = await open(file);
  const methods: FileHandle = Object.getPrototypeOf(handle);
  vi.spyOn(methods, 'datasync').mockImplementation(() => {
    const end = Promise.withResolvers<void>();
    begun.push(end);
    return end.promise;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await log[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const syncsBegun = (count: number): Promise<void> => vi.waitUntil(() => begun.length === count).then(() => undefined);

test('who wrote before a sync began shares it, who writes later waits for another', async () => {
  const done: string[] = [];
  const wait = (name: string): Promise<number> => log.settled().then(() => done.push(name));
  const first = [wait('a'), wait('b')];
  await syncsBegun(1);
  const later = [wait('c'), wait('d')];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([begun.length, done]).toEqual([1, []]);

  begun[0]?.resolve();
  await Promise.all(first);
  await syncsBegun(2);
  expect(done).toEqual(['a', 'b']);

  begun[1]?.resolve();
  await Promise.all(later);
  expect([begun.length, done]).toEqual([2, ['a', 'b', 'c', 'd']]);
});

test('a disk that fails is told to those who waited for it, and asked again for the next', async () => {
  const failed = log.settled();
  await syncsBegun(1);
  const next = log.settled();
  begun[0]?.reject(new Error('EIO'));
  await expect(failed).rejects.toThrow('EIO');
  await syncsBegun(2);
  begun[1]?.resolve();
  await expect(next).resolves.toBeUndefined();
});
