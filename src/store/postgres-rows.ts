import type { Checkpoint, FidelityNote, LedgerEntry } from '../engine/ports.ts';
import { type Row, stateOf } from './ledger-rows.ts';
import { STATE_CODES } from './ledger-schema.ts';

/** Columns of bellhop.item with their types, and what an entry has in them; null where it has nothing. */
const COLUMNS: readonly (readonly [name: string, type: string, of: (entry: LedgerEntry) => unknown])[] = [
  ['uid', 'bigint', (entry) => entry.uid],
  ['at', 'bigint', (entry) => entry.at],
  ['size', 'bigint', (entry) => entry.size],
  ['internaldate', 'bigint', (entry) => entry.internalDate],
  ['state', 'smallint', (entry) => STATE_CODES[entry.state]],
  ['flags', 'text', (entry) => withoutNul(entry.flags)],
  ['key', 'bytea', (entry) => entry.key],
  ['target', 'bytea', (entry) => (entry.targetId === undefined ? null : packId(entry.targetId))],
  ['run', 'bytea', (entry) => (entry.run === undefined ? null : packRun(entry.run))],
  ['code', 'text', (entry) => entry.code],
  ['detail', 'bytea', (entry) => (entry.detail === undefined ? null : Buffer.from(entry.detail))],
  ['notes', 'text', (entry) => (entry.notes === undefined ? null : JSON.stringify(entry.notes))],
];

const NAMES = COLUMNS.map(([name]) => name);

/** The columns by name, for an INSERT, and for the UPDATE of those that are no part of the key. */
export const ITEM_COLUMNS = NAMES.join(', ');
export const ITEM_UPDATES = NAMES.filter((name) => name !== 'uid')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

/** The parameters `columnsOf` makes as a table, the first of them with this number. */
export function unnestFrom(first: number): string {
  return `unnest(${COLUMNS.map(([, type], at) => `$${first + at}::${type}[]`).join(', ')}) AS entry(${ITEM_COLUMNS})`;
}

/** Entries as one array a column. Of several with one UID the last counts. */
export function columnsOf(entries: readonly LedgerEntry[]): readonly (readonly unknown[])[] {
  const last = [...new Map(entries.map((entry) => [entry.uid, entry])).values()];
  return COLUMNS.map(([, , of]) => last.map(of));
}

export function itemOf(row: Row): LedgerEntry {
  const { internaldate, key, target, run, code, detail, notes } = row;
  return {
    uid: Number(row['uid']),
    state: stateOf(Number(row['state'])),
    flags: String(row['flags']),
    size: Number(row['size']),
    at: Number(row['at']),
    ...(internaldate === null ? {} : { internalDate: Number(internaldate) }),
    ...(key instanceof Uint8Array ? { key: Uint8Array.from(key) } : {}),
    ...(target instanceof Uint8Array ? { targetId: unpackId(target) } : {}),
    ...(run instanceof Uint8Array ? { run: unpackRun(run) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(detail instanceof Uint8Array ? { detail: textOf(detail) } : {}),
    ...(typeof notes === 'string' ? { notes: JSON.parse(notes) as readonly FidelityNote[] } : {}),
  };
}

/** An entry with the folder it is in. */
export function placedItemOf(row: Row): LedgerEntry & { readonly path: string; readonly uidValidity: string } {
  return { ...itemOf(row), path: textOf(row['path']), uidValidity: String(row['uidvalidity']) };
}

export function checkpointOf(row: Row): Checkpoint {
  const { modseq, former } = row;
  return {
    uidValidity: String(row['uidvalidity']),
    uidNext: Number(row['uidnext']),
    exists: Number(row['present']),
    ...(typeof modseq === 'string' ? { highestModseq: modseq } : {}),
    targetFolderId: String(row['target']),
    ...(typeof former === 'string' ? { formerPaths: JSON.parse(former) as readonly string[] } : {}),
    complete: row['complete'] === true,
  };
}

/** Bytes of a column as the text they were. */
export function textOf(bytes: unknown): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
}

// A text of Postgres holds no NUL, and a flag of IMAP has none (RFC 9051); a server may say one all the same.
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

/** The first byte says how the rest is packed: 0 as it is, n as base64url (or hex, of a run) with n - 1 "=" behind it. */
const AS_IT_IS = 0;

// Ids of Exchange are base64 of about a hundred bytes.
function packId(id: string): Buffer {
  const body = id.replace(/={0,2}$/, '');
  const bytes = Buffer.from(body, 'base64url');
  if (body === '' || bytes.toString('base64url') !== body) return plain(id);
  return Buffer.concat([Buffer.of(id.length - body.length + 1), bytes]);
}

function unpackId(packed: Uint8Array): string {
  const [kind = AS_IT_IS] = packed;
  const rest = Buffer.from(packed.subarray(1));
  return kind === AS_IT_IS ? rest.toString() : rest.toString('base64url') + '='.repeat(kind - 1);
}

function packRun(run: string): Buffer {
  const bytes = Buffer.from(run, 'hex');
  return bytes.length > 0 && bytes.toString('hex') === run ? Buffer.concat([Buffer.of(1), bytes]) : plain(run);
}

function unpackRun(packed: Uint8Array): string {
  return Buffer.from(packed.subarray(1)).toString(packed[0] === AS_IT_IS ? 'utf8' : 'hex');
}

function plain(text: string): Buffer {
  return Buffer.concat([Buffer.of(AS_IT_IS), Buffer.from(text)]);
}
