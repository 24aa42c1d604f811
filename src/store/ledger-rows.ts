import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { FidelityNote, LedgerEntry } from '../engine/ports.ts';
import { LEDGER_STATES, stateNumber } from './ledger-schema.ts';
import type { TargetIdCodec } from './target-id-codec.ts';
import type { TextDictionary } from './text-dictionary.ts';

/** Columns in the order both functions below use. */
export const COLUMNS = 'uid, state, flags, size, date, key, target, run, at, notes, failure';

export type LedgerRow = SQLOutputValue[];

/** An entry as the values of COLUMNS. */
export function toRow(entry: LedgerEntry, dictionary: TextDictionary, ids: TargetIdCodec): SQLInputValue[] {
  const { code, detail } = entry;
  return [
    entry.uid,
    stateNumber(entry.state),
    dictionary.idOf(entry.flags),
    entry.size,
    entry.internalDate ?? null,
    entry.key ?? null,
    entry.targetId === undefined ? null : ids.encode(entry.targetId),
    entry.run === undefined ? null : dictionary.idOf(entry.run),
    entry.at,
    entry.notes === undefined ? null : dictionary.idOf(JSON.stringify(entry.notes)),
    code === undefined && detail === undefined ? null : JSON.stringify({ code, detail }),
  ];
}

/** A row of COLUMNS as the entry it was made of. */
export function fromRow(row: readonly SQLOutputValue[], dictionary: TextDictionary, ids: TargetIdCodec): LedgerEntry {
  const [uid, state, flags, size, date, key, target, run, at, notes, failure] = row;
  return {
    uid: Number(uid),
    state: LEDGER_STATES[Number(state)] ?? 'failed',
    flags: dictionary.textOf(Number(flags)),
    size: Number(size),
    ...(typeof date === 'number' ? { internalDate: date } : {}),
    ...(key instanceof Uint8Array ? { key } : {}),
    ...(target instanceof Uint8Array ? { targetId: ids.decode(target) } : {}),
    ...(typeof run === 'number' ? { run: dictionary.textOf(run) } : {}),
    at: Number(at),
    ...(typeof failure === 'string' ? readFailure(failure) : {}),
    ...(typeof notes === 'number' ? { notes: readNotes(dictionary.textOf(notes)) } : {}),
  };
}

/** Notes as toRow wrote them. */
export function readNotes(text: string): readonly FidelityNote[] {
  return JSON.parse(text) as readonly FidelityNote[];
}

function readFailure(text: string): { readonly code?: string; readonly detail?: string } {
  return JSON.parse(text) as { readonly code?: string; readonly detail?: string };
}
