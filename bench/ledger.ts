import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalPostgres } from '../sandbox/local-postgres.ts';
import type { LedgerEntry, LedgerKey, LedgerStore } from '../src/engine/ports.ts';
import { postgresLedgers } from '../src/store/postgres-ledger.ts';
import { sqliteLedgers } from '../src/store/sqlite-ledger.ts';
import { writeResults } from './results.ts';

const KEY: LedgerKey = { targetMailboxId: 'mailbox-1', sourceHost: 'imap.contoso.example', login: 'a@contoso.example' };
const PLACE = ['Archive', '1'] as const;
const CHUNK = 1000;
/** As a sync sends them: intents durable before, results after. */
const LOT = 50;
const LOTS = 200;
const LOOKS = 2000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };

interface Row {
  readonly store: string;
  readonly entries: number;
  readonly bytesPerEntry: number;
  readonly writesPerSecond: number;
  readonly lotsPerSecond: number;
  readonly openMs: number;
  readonly lookUpMicros: number;
  readonly countMs: number;
  readonly statesMs: number;
  readonly checkpointMs: number;
}

/** A ledger with very many entries in one folder, in a file and in Postgres, both with every write on disk. */
export async function benchLedger(entries: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const rows: Row[] = [];
  try {
    const files = (): LedgerStore => sqliteLedgers(directory, log);
    rows.push(await measure('SQLite', files, entries, async () => bytesBelow(directory)));
    await using postgres = await startLocalPostgres({ durable: true, settings: ['shared_buffers = 1GB'] });
    const tables = (): LedgerStore => postgresLedgers({ url: postgres.url, connections: 9, clock, log });
    const size = async (): Promise<number> => {
      await postgres.sql('VACUUM ANALYZE');
      return Number(await postgres.sql(`SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'bellhop'::regnamespace`)); // prettier-ignore
    };
    rows.push(await measure('Postgres', tables, entries, size));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.table(rows.map((row) => ({ ...row, ...rounded(row) })));
  writeResults('ledger', rows);
}

async function measure(
  store: string,
  stores: () => LedgerStore,
  entries: number,
  size: () => Promise<number>,
): Promise<Row> {
  console.log(`${store}: writing ${entries} entries, each as intent and as result`);
  const writing = await fill(stores, entries);
  const bytes = await size();
  await using opened = stores();
  const openMs = await timed(async () => await (await opened.open(KEY, 2))[Symbol.asyncDispose]());
  await using ledger = await opened.open(KEY, 2);
  const lookUp = await timed(async () => {
    for (let at = 0; at < LOOKS; at += 1) await ledger.findByUid(...PLACE, 1 + ((at * 7919) % entries));
  });
  const countMs = await timed(async () => void (await ledger.count(...PLACE)));
  const statesMs = await timed(async () => void (await ledger.states(...PLACE)));
  const status = { uidValidity: '1', uidNext: entries + 1, exists: entries, highestModseq: '1' };
  const checkpointMs = await timed(() =>
    ledger.saveCheckpoint(PLACE[0], { ...status, targetFolderId: 'f', complete: true }),
  );
  const lots = await timed(async () => {
    for (let at = 0; at < LOTS; at += 1) {
      const from = entries + 1 + at * LOT;
      await ledger.record(...PLACE, lot(from, LOT, 'intended'));
      await ledger.confirm(...PLACE, lot(from, LOT, 'copied'));
    }
  });
  return {
    store,
    entries,
    bytesPerEntry: bytes / entries,
    writesPerSecond: (entries * 2) / (writing / 1000),
    lotsPerSecond: LOTS / (lots / 1000),
    openMs,
    lookUpMicros: (lookUp * 1000) / LOOKS,
    countMs,
    statesMs,
    checkpointMs,
  };
}

async function fill(stores: () => LedgerStore, entries: number): Promise<number> {
  await using opened = stores();
  await using ledger = await opened.open(KEY, 1);
  return await timed(async () => {
    for (let from = 1; from <= entries; from += CHUNK) {
      const count = Math.min(CHUNK, entries - from + 1);
      await ledger.record(...PLACE, lot(from, count, 'intended'));
      await ledger.record(...PLACE, lot(from, count, 'copied'));
    }
  });
}

function lot(from: number, count: number, state: 'intended' | 'copied'): readonly LedgerEntry[] {
  return Array.from({ length: count }, (_, at) => entryOf(from + at, state));
}

// An id of Exchange: the same beginning all over the mailbox, 152 letters in all.
function entryOf(uid: number, state: 'intended' | 'copied'): LedgerEntry {
  const digest = createHash('sha512').update(String(uid)).digest();
  const id = Buffer.concat([Buffer.alloc(66, 0xa5), digest.subarray(0, 47)]).toString('base64url');
  const intent = { uid, flags: 'S', size: 48_000 + (uid % 90_000), internalDate: 1_600_000_000_000 + uid * 60_000 };
  const known = { ...intent, key: digest.subarray(48), run: 'f87fad9755f7e0ae4e69be286fed1fc4', at: 1_790_000_000_000 + uid }; // prettier-ignore
  return state === 'intended' ? { ...known, state } : { ...known, state, targetId: `${id}=` };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function bytesBelow(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function rounded(row: Row): Readonly<Record<string, number>> {
  const numbers = Object.entries(row).filter((each): each is [string, number] => typeof each[1] === 'number');
  return Object.fromEntries(numbers.map(([name, value]) => [name, Number(value.toPrecision(3))]));
}
