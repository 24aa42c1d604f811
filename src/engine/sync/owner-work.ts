import type { OwnerCode } from '../domain/owner-findings.ts';
import type { TargetItem } from '../ports.ts';
import type { Known } from './folder-run.ts';

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
