/** What a pass would remove of one folder. */
export interface FolderRemovals {
  readonly path: string;
  /** Messages that left the source and are to leave the target. */
  readonly removals: number;
  /** Messages of the folder that were in the target before. */
  readonly known: number;
  /** The folder itself is not at the source any more. */
  readonly vanished: boolean;
}

const FEW = 10;
const SHARE = 0.05;

/**
 * The deletion brake: folders whose removals wait for a person. More than ten and more than 5 % of a folder at once, a
 * folder that vanished with its mail, or a mailbox that is empty now are as often a broken source as a tidy owner.
 */
export function heldRemovals(folders: readonly FolderRemovals[]): ReadonlySet<string> {
  const sum = (count: (folder: FolderRemovals) => number): number =>
    folders.reduce((total, folder) => total + count(folder), 0);
  const emptied =
    sum((folder) => folder.known) > 1 && sum((folder) => folder.removals) >= sum((folder) => folder.known);
  const held = folders.filter(
    ({ removals, known, vanished }) =>
      removals > 0 && (emptied || vanished || removals > Math.max(FEW, Math.floor(known * SHARE))),
  );
  return new Set(held.map((folder) => folder.path));
}
