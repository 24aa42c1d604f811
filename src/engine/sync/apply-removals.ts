import { parseFlagText } from '../domain/mailbox.ts';
import { isOwnersWork, itemState } from '../domain/merge-flags.ts';
import type { OwnerCode } from '../domain/owner-findings.ts';
import type { LedgerEntry } from '../ports.ts';
import { type Known, isMarkedAs } from './folder-run.ts';
import { inLanes } from './in-lanes.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';
import { withCode } from './owner-work.ts';

/** Messages of one folder that left the source. */
export interface FolderDepartures {
  readonly path: string;
  readonly uidValidity: string;
  readonly targetFolderId: string;
  readonly formerPaths: readonly string[];
  readonly entries: readonly LedgerEntry[];
}

const LANES = 4;
const CHUNK = 200;

/**
 * Takes items out of the target whose messages left the source: to Deleted Items, or from there to the recoverable items.
 * Never what is not marked as this very message, and never what the owner filed elsewhere, flagged or categorised.
 */
export async function applyRemovals(
  session: MailboxSession,
  folder: FolderDepartures,
  tree: TargetTree,
): Promise<void> {
  for (let at = 0; at < folder.entries.length; at += CHUNK) {
    const done: LedgerEntry[] = [];
    try {
      await inLanes(folder.entries.slice(at, at + CHUNK), LANES, async (entry) => {
        session.signal.throwIfAborted();
        const code = await remove(session, folder, entry, tree);
        done.push({ ...withCode(entry, code), state: 'gone' });
      });
    } finally {
      await bookGone(session, folder, done);
    }
  }
}

/** Books messages that left the source without taking their items out of the target: that waits for a person. */
export async function holdRemovals(session: MailboxSession, folder: FolderDepartures): Promise<void> {
  const at = session.world.clock.now();
  const held = folder.entries.map((entry): LedgerEntry =>
    isInTarget(entry) ? { ...withCode(entry, 'RemovalHeld'), state: 'gone', at } : { ...entry, state: 'gone' },
  );
  await bookGone(session, folder, held);
}

/** A skipped message has an item where a stand-in was put in its place. */
const IN_TARGET: ReadonlySet<LedgerEntry['state']> = new Set(['copied', 'adopted', 'skipped']);

/** Whether an entry stands for an item in the target. */
export function isInTarget(entry: LedgerEntry): boolean {
  return entry.targetId !== undefined && IN_TARGET.has(entry.state);
}

async function bookGone(
  session: MailboxSession,
  { path, uidValidity, entries }: FolderDepartures,
  done: readonly LedgerEntry[],
): Promise<void> {
  await session.ledger.record(path, uidValidity, done);
  const before = new Map(entries.map((entry) => [entry.uid, entry.state]));
  for (const { uid } of done) session.books.leave(path, uidValidity, before.get(uid) ?? 'gone');
}

async function remove(
  session: MailboxSession,
  folder: FolderDepartures,
  entry: LedgerEntry,
  tree: TargetTree,
): Promise<OwnerCode | undefined> {
  const { targetId } = entry;
  if (targetId === undefined || entry.code === 'RemovedByOwner') return undefined;
  const item = await session.target.item(targetId);
  const known: Known = { ...entry, path: folder.path, uidValidity: folder.uidValidity };
  if (item === undefined || !isMarkedAs(session, item.marker, known, folder.formerPaths)) return undefined;
  if (item.folderId !== folder.targetFolderId) return tree.isTrash(item.folderId) ? undefined : 'KeptForOwner';
  if (isOwnersWork(itemState(parseFlagText(entry.flags), session.batch.categories), item)) return 'KeptForOwner';
  await (tree.isTrash(item.folderId) ? session.target.discard(targetId) : session.target.remove(targetId));
  return undefined;
}
