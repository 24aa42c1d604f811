import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdir, open as openFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { LedgerKey, LedgerStore } from '../../src/engine/ports.ts';
import { sqliteLedgers } from '../../src/store/sqlite-ledger.ts';
import { ledgerContract } from '../contracts/ledger.ts';
import { keepingLog, temporaryDirectory } from './local-redis.ts';

const KEY: LedgerKey = { targetMailboxId: 'mailbox-1', sourceHost: 'imap.contoso.example', login: 'a@contoso.example' };

async function open() {
  const directory = await temporaryDirectory();
  const log = keepingLog();
  return {
    log,
    file: fileOf(directory.path),
    ledgers: sqliteLedgers(directory.path, log),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

// The name says nothing to whoever sees the file.
function fileOf(directory: string): string {
  const name = createHash('sha256').update([KEY.targetMailboxId, KEY.sourceHost, KEY.login].join('\n')).digest('hex');
  return path.join(directory, name.slice(0, 2), name.slice(2, 4), `${name}.db`);
}

async function movedAside(file: string): Promise<boolean> {
  return (await readdir(path.dirname(file))).some((name) => name.startsWith(`${path.basename(file)}.corrupt-`));
}

const entry = (uid: number) => ({ uid, state: 'intended' as const, flags: '', size: 1, at: 1 });

ledgerContract('SQLite', open);

test('an intent waits until the log is on the disk; a result does not', async () => {
  await using world = await open();
  await using ledger = await world.ledgers.open(KEY, 1);
  await using handle = await openFile(world.file);
  const disk = Promise.withResolvers<void>();
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync').mockReturnValue(disk.promise);
  let recorded = false;

  const recording = ledger.record('INBOX', '1', [entry(1)]).then(() => (recorded = true));
  await vi.waitUntil(() => sync.mock.calls.length === 1);
  await ledger.confirm('INBOX', '1', [{ ...entry(2), state: 'copied' }]);

  expect(await ledger.count('INBOX', '1')).toEqual({ intended: 1, copied: 1 });
  expect(recorded).toBe(false);
  disk.resolve();
  await recording;
  vi.restoreAllMocks();
});

test('a file that is no database is moved aside and an empty one takes its place', async () => {
  await using world = await open();
  await mkdir(path.dirname(world.file), { recursive: true });
  await writeFile(world.file, 'not a database at all, but long enough to have a header'.repeat(100));

  await using ledger = await world.ledgers.open(KEY, 1);

  expect(await ledger.folders()).toEqual([]);
  expect(await movedAside(world.file)).toBe(true);
  expect(world.log.lines.join('\n')).toContain('LedgerDamaged');
});

test('D2: a torn file is moved aside when it is opened', async () => {
  await using world = await open();
  await fill(world.ledgers, 1);
  await truncate(world.file, 200 * 1024);

  await using ledger = await world.ledgers.open(KEY, 2);

  expect(await ledger.states('INBOX', '1')).toEqual([]);
  expect(await movedAside(world.file)).toBe(true);
});

test('D2: damage that shows while reading ends the run, and the next one starts afresh', async () => {
  await using world = await open();
  await fill(world.ledgers, 1);
  const handle = await openFile(world.file, 'r+');
  await handle.write(Buffer.alloc(300 * 1024, 0x5a), 0, undefined, 100 * 1024);
  await handle.close();

  const broken = (async () => {
    await using ledger = await world.ledgers.open(KEY, 2);
    return await ledger.states('INBOX', '1');
  })();

  await expect(broken).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  await using ledger = await world.ledgers.open(KEY, 3);
  expect(await ledger.states('INBOX', '1')).toEqual([]);
  expect(await movedAside(world.file)).toBe(true);
});

test('P8: a ledger of a newer version is left alone, with a clear text', async () => {
  await using world = await open();
  await (await world.ledgers.open(KEY, 1))[Symbol.asyncDispose]();
  const database = new DatabaseSync(world.file);
  database.exec('PRAGMA user_version = 99');
  database.close();

  const opened = world.ledgers.open(KEY, 2);

  await expect(opened).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  await expect(opened).rejects.toMatchObject({ details: { detail: expect.stringContaining('newer') as unknown } });
  expect(await movedAside(world.file)).toBe(false);
});

test('D1: a directory that cannot be written is LedgerUnavailable', async () => {
  await using directory = await temporaryDirectory();
  const blocked = path.join(directory.path, 'file');
  await writeFile(blocked, '');
  const ledgers = sqliteLedgers(blocked, keepingLog());

  await expect(ledgers.open(KEY, 1)).rejects.toMatchObject({ code: 'LedgerUnavailable' });
});

test('D1: a write that finds the file held by another process is refused and may be tried again', async () => {
  await using world = await open();
  await using ledger = await world.ledgers.open(KEY, 1);
  const other = new DatabaseSync(world.file);
  other.exec('BEGIN IMMEDIATE');

  const refused = ledger.record('INBOX', '1', [entry(2)]);

  await expect(refused).rejects.toMatchObject({ code: 'LedgerUnavailable', details: { detail: 'database is locked' } });
  other.exec('ROLLBACK');
  other.close();
  await ledger.record('INBOX', '1', [entry(3)]);
  expect(await ledger.states('INBOX', '1')).toEqual([[3, 'intended', '']]);
});

test('P3: a worker that is stopped in the middle of a write does not keep the mailbox, and wakes up without it', async () => {
  await using world = await open();
  await fill(world.ledgers, 1);
  await using former = await world.ledgers.open(KEY, 1);
  // A process that was stopped holds its lock, and what it began to write.
  const stuck = spawn(
    process.execPath,
    [
      '-e',
      `const { DatabaseSync } = require('node:sqlite');
       const db = new DatabaseSync(${JSON.stringify(world.file)});
       db.exec('PRAGMA cache_size = 5; BEGIN IMMEDIATE; UPDATE item SET flags = flags || hex(randomblob(200))');
       console.log('holds it');
       process.stdin.once('data', () => { db.exec('COMMIT'); db.close(); });`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(stuck.stdout, 'data');

  const same = world.ledgers.open(KEY, 1);
  await expect(same).rejects.toMatchObject({ code: 'LedgerUnavailable', details: { detail: 'database is locked' } });
  const present = await world.ledgers.open(KEY, 2);
  await present.record('INBOX', '1', [entry(20_001)]);
  const ended = once(stuck, 'exit');
  stuck.stdin.end('go on');
  await ended;

  await expect(former.ensureHeld()).rejects.toMatchObject({ code: 'MailboxTakenOver' });
  await expect(former.record('INBOX', '1', [entry(5)])).rejects.toMatchObject({ code: 'MailboxTakenOver' });
  await present.record('INBOX', '1', [entry(20_002)]);
  await present[Symbol.asyncDispose]();
  await using later = await world.ledgers.open(KEY, 3);
  const states = await later.states('INBOX', '1');
  expect(states).toHaveLength(20_002);
  expect(states.every(([, state, flags]) => state === 'intended' && flags === '')).toBe(true);
  expect((await readdir(path.dirname(world.file))).filter((name) => !/\.db(-wal|-shm)?$/.test(name))).toEqual([]);
});

test('D1: when the disk takes no more, a write is refused and what was acknowledged stays', async () => {
  await using world = await open();
  // A limit on the size of files (ulimit -f, blocks of 1 KB) stands in for the full disk; XFSZ would end the process.
  const worker = startWriter(
    world.file,
    ['bash', '-c', 'trap "" XFSZ; ulimit -f 600; exec "$0" "$@"', process.execPath],
    500,
  );

  const told = await readLines(worker);

  expect(told.at(-1)).toBe('LedgerUnavailable');
  await using ledger = await world.ledgers.open(KEY, 2);
  expect(await ledger.states('INBOX', '1')).toHaveLength((told.length - 1) * 500);
});

test('P1: whatever was acknowledged is there after the worker was killed', async () => {
  await using world = await open();
  const worker = startWriter(world.file, [process.execPath], 1);
  const exited = once(worker, 'exit');
  const told = await readLines(worker, 300);
  worker.kill('SIGKILL');
  await exited;

  await using ledger = await world.ledgers.open(KEY, 2);

  const states = await ledger.states('INBOX', '1');
  expect(told.length).toBeGreaterThanOrEqual(300);
  expect(states.length).toBeGreaterThanOrEqual(told.length);
  expect(states.map(([uid]) => uid)).toEqual(Array.from({ length: states.length }, (_, at) => at + 1));
});

test('files tell nothing by their names and are closed to others', async () => {
  await using world = await open();
  await (await world.ledgers.open(KEY, 1))[Symbol.asyncDispose]();

  expect(world.file).toMatch(/\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}\.db$/);
  expect((await stat(path.dirname(world.file))).mode & 0o077).toBe(0);
});

async function fill(ledgers: LedgerStore, epoch: number): Promise<void> {
  await using ledger = await ledgers.open(KEY, epoch);
  const entries = Array.from({ length: 20_000 }, (_, at) => entry(at + 1));
  await ledger.record('INBOX', '1', entries);
}

// A process that records entries until it cannot, telling after each write that it was acknowledged.
function startWriter(
  file: string,
  [program = '', ...start]: readonly string[],
  lot: number,
): ChildProcessByStdio<null, Readable, null> {
  const module = new URL('../../src/store/sqlite-ledger.ts', import.meta.url).href;
  const script = `
    import { sqliteLedgers } from ${JSON.stringify(module)};
    const log = { info() {}, warn() {}, error() {} };
    const directory = ${JSON.stringify(path.resolve(file, '../../..'))};
    const ledger = await sqliteLedgers(directory, log).open(${JSON.stringify(KEY)}, 1);
    try {
      for (let uid = 1; ; uid += ${lot}) {
        const entries = Array.from({ length: ${lot} }, (_, at) => ({ uid: uid + at, state: 'intended', flags: '', size: 1, at: 1 }));
        await ledger.record('INBOX', '1', entries);
        console.log(uid);
      }
    } catch (error) {
      console.log(error.code);
    }`;
  return spawn(program, [...start, '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function readLines(
  worker: ChildProcessByStdio<null, Readable, null>,
  enough = Infinity,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(worker.stdout)) {
    lines.push(line);
    if (lines.length >= enough) break;
  }
  return lines;
}
