import type { TargetItem } from '../ports.ts';
import type { Known } from './folder-run.ts';

/** Codes of ledger entries that no longer simply follow the source. */
export type OwnerCode =
  /** The target's owner deleted the item: it is not brought again unasked. */
  | 'RemovedByOwner'
  /** The owner filed the item elsewhere: it stays there. */
  | 'MovedByOwner'
  /** Gone at the source, kept because the owner moved, flagged or categorised the item. */
  | 'KeptForOwner'
  /** Not in the target although it was brought earlier, as far as the target shows: brought again after asking. */
  | 'MissingInTarget'
  /** Gone at the source; its removal waits for a person. */
  | 'RemovalHeld';

/** An entry with a code, or without one. */
export function withCode<Entry extends Omit<Known, 'path' | 'uidValidity'>>(
  entry: Entry,
  code: OwnerCode | undefined,
): Entry {
  const { code: _code, detail: _detail, ...rest } = entry;
  return (code === undefined ? rest : { ...rest, code }) as Entry;
}

/** What the owner did to an item, if anything: it is gone, in the bin, or not where it was put. */
export function ownersMove(
  item: TargetItem | undefined,
  putInto: string,
  isTrash: (folderId: string) => boolean,
): OwnerCode | undefined {
  if (item === undefined) return 'RemovedByOwner';
  if (item.folderId === putInto) return undefined;
  return isTrash(item.folderId) ? 'RemovedByOwner' : 'MovedByOwner';
}
