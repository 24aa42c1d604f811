import { parseFlagText } from '../domain/mailbox.ts';
import { itemState, mergeFlags } from '../domain/merge-flags.ts';
import type { FolderChange } from './detect-changes.ts';
import { isOurs } from './folder-run.ts';
import { inLanes } from './in-lanes.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';
import { withCode } from './owner-work.ts';
import { MigrationError } from '../domain/failure.ts';
import type { LedgerEntry } from '../ports.ts';

const LANES = 4;
const CHUNK = 200;
const TRIES = 3;

/** Brings changed flags over. Recorded in chunks: an interrupted pass merges the same change again, to the same end. */
export async function applyFlags(session: MailboxSession, change: FolderChange, tree: TargetTree): Promise<void> {
  const { run } = change;
  const changed = [...change.flags];
  for (let at = 0; at < changed.length; at += CHUNK) {
    const done: LedgerEntry[] = [];
    try {
      await inLanes(changed.slice(at, at + CHUNK), LANES, async ([uid, text]) => {
        session.signal.throwIfAborted();
        const entry = await session.ledger.findByUid(run.path, run.status.uidValidity, uid);
        if (entry === undefined) return;
        done.push({ ...(await follow(session, entry, run.targetFolderId, text, tree)), flags: text });
      });
    } finally {
      await session.ledger.record(run.path, run.status.uidValidity, done);
    }
  }
}

async function follow(
  session: MailboxSession,
  entry: LedgerEntry,
  putInto: string,
  text: string,
  tree: TargetTree,
): Promise<LedgerEntry> {
  const { categories } = session.batch;
  const before = itemState(parseFlagText(entry.flags), categories);
  const source = itemState(parseFlagText(text), categories);
  const invisible = Object.keys(mergeFlags(before, source, before)).length === 0;
  if (entry.targetId === undefined || entry.code === 'RemovedByOwner' || invisible) return entry;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const item = await session.target.item(entry.targetId);
    if (item === undefined || (tree.isTrash(item.folderId) && !tree.isTrash(putInto)))
      return withCode(entry, 'RemovedByOwner');
    if (!isOurs(session, item.marker)) return entry;
    const merged = mergeFlags(before, source, item);
    if (Object.keys(merged).length === 0) return entry;
    const outcome = await session.target.changeItem(entry.targetId, merged, item.version);
    if (outcome === 'gone') return withCode(entry, 'RemovedByOwner');
    if (outcome === 'changed') return entry;
  }
  throw new MigrationError('TargetUnavailable', { detail: 'an item keeps changing while it is changed' });
}
