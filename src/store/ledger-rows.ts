import { MigrationError } from '../engine/domain/failure.ts';
import type { FidelityNote, LedgerEntry, LedgerState } from '../engine/ports.ts';
import { STATE_NAMES } from './ledger-schema.ts';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

export function stateOf(code: number): LedgerState {
  const state = STATE_NAMES.get(code);
  if (state === undefined) throw new MigrationError('LedgerUnavailable', { detail: `unknown state ${code}` });
  return state;
}

export function entryOf(row: Row): LedgerEntry {
  const { internaldate, key, target, run, code, detail, notes } = row;
  return {
    uid: Number(row['uid']),
    state: stateOf(Number(row['state'])),
    flags: String(row['flags']),
    size: Number(row['size']),
    at: Number(row['at']),
    ...(typeof internaldate === 'number' ? { internalDate: internaldate } : {}),
    ...(key instanceof Uint8Array ? { key } : {}),
    ...(typeof target === 'string' ? { targetId: target } : {}),
    ...(typeof run === 'string' ? { run } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(typeof notes === 'string' ? { notes: JSON.parse(notes) as readonly FidelityNote[] } : {}),
  };
}

/** Notes of all rows, by kind and text. */
export function countNotes(rows: readonly Row[]): readonly (FidelityNote & { readonly count: number })[] {
  const counts = new Map<string, FidelityNote & { count: number }>();
  for (const row of rows) {
    for (const note of JSON.parse(String(row['notes'])) as readonly FidelityNote[]) {
      const known = counts.get(`${note.kind}\n${note.text}`) ?? { ...note, count: 0 };
      counts.set(`${note.kind}\n${note.text}`, { ...known, count: known.count + 1 });
    }
  }
  return [...counts.values()];
}
