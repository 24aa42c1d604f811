/** What keeps a message from simply following the source, as a code of its ledger entry. */
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

export const OWNER_CODES: readonly OwnerCode[] = [
  'RemovedByOwner',
  'MovedByOwner',
  'KeptForOwner',
  'MissingInTarget',
  'RemovalHeld',
];

/** How many messages each finding concerns, and in which folders: shown apart, no loss and no part of the score. */
export type OwnerFindings = Readonly<Partial<Record<OwnerCode, OwnerFinding>>>;

export interface OwnerFinding {
  readonly count: number;
  /** The folders with most of them, at most three: `INBOX (12)`. */
  readonly folders: readonly string[];
}

const FOLDERS = 3;

/** Folds coded entries into findings; codes of failures are no findings. */
export function ownerFindings(entries: Iterable<{ readonly code?: string; readonly path: string }>): OwnerFindings {
  const byCode = new Map<OwnerCode, Map<string, number>>();
  for (const { code, path } of entries) {
    const known = OWNER_CODES.find((each) => each === code);
    if (known === undefined) continue;
    const folders = byCode.get(known) ?? new Map<string, number>();
    byCode.set(known, folders.set(path, (folders.get(path) ?? 0) + 1));
  }
  return Object.fromEntries([...byCode].map(([code, folders]) => [code, findingOf(folders)]));
}

function findingOf(folders: ReadonlyMap<string, number>): OwnerFinding {
  const largest = [...folders].sort((a, b) => b[1] - a[1]);
  return {
    count: largest.reduce((sum, [, count]) => sum + count, 0),
    folders: largest.slice(0, FOLDERS).map(([path, count]) => `${path} (${count})`),
  };
}

/** Messages a `restore missing` would bring back. */
export function restorable(findings: OwnerFindings | undefined): OwnerFinding {
  const [removed, missing] = [findings?.RemovedByOwner, findings?.MissingInTarget];
  return {
    count: (removed?.count ?? 0) + (missing?.count ?? 0),
    folders: [...(removed?.folders ?? []), ...(missing?.folders ?? [])],
  };
}
