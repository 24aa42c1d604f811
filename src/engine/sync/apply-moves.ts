import { MigrationError } from '../domain/failure.ts';
import { parseFlagText } from '../domain/mailbox.ts';
import { type ItemState, itemState, mergeFlags } from '../domain/merge-flags.ts';
import type { LedgerEntry } from '../ports.ts';
import { type FolderRun, isOurs, markerOf } from './folder-run.ts';
import { inLanes } from './in-lanes.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';
import { ownersMove, withCode } from './owner-work.ts';
import type { Move } from './recognise-moves.ts';

const LANES = 4;
const CHUNK = 100;
const TRIES = 3;

/** Code of an intent whose item was brought by an earlier run of which only the item is left. */
export const ADOPTED = 'Adopted';

/** A move the ledger knows of and the target may not: `detail` of the intent is the target folder the item was put into. */
type MoveIntent = LedgerEntry & { readonly targetId: string; readonly detail: string };

/**
 * Moves items in the target: one `move` each, the id kept, the body neither read nor sent. The intent under the new UID is
 * durable before the old entry is closed, and both before the target is asked, so that after a crash the move is finished
 * and the item is never taken for a deleted one.
 */
export async function applyMoves(session: MailboxSession, moves: readonly Move[], tree: TargetTree): Promise<void> {
  for (let at = 0; at < moves.length; at += CHUNK) {
    const chunk = moves.slice(at, at + CHUNK);
    for (const [run, group] of byRun(chunk)) await recordIntents(session, run, group);
    for (const { from } of chunk) {
      const { path, uidValidity, key: _key, putInto: _putInto, formerPaths: _formerPaths, ...entry } = from;
      await session.ledger.record(path, uidValidity, [{ ...withCode(entry, undefined), state: 'gone' }]);
      session.books.leave(path, uidValidity, entry.state);
    }
    for (const [run, group] of byRun(chunk)) {
      await finishMoves(session, run, tree, new Map(group.map(({ to }) => [to.uid, to.flags])));
    }
  }
}

/** Finishes the moves into a folder that were begun, now or before a crash. `flags` are those the source says now. */
export async function finishMoves(
  session: MailboxSession,
  run: FolderRun,
  tree: TargetTree,
  flags: ReadonlyMap<number, string> = new Map(),
): Promise<void> {
  const intents = (await session.ledger.entries(run.path, run.status.uidValidity, 'intended')).filter(isMoveIntent);
  const done: LedgerEntry[] = [];
  try {
    await inLanes(intents, LANES, async (intent) => {
      session.signal.throwIfAborted();
      done.push(await finish(session, run, tree, intent, flags.get(intent.uid) ?? intent.flags));
    });
  } finally {
    await session.ledger.record(run.path, run.status.uidValidity, done);
    for (const entry of done) session.books.move(run.path, 'pending', entry.state === 'adopted' ? 'adopted' : 'copied');
  }
}

export function isMoveIntent(entry: LedgerEntry): entry is MoveIntent {
  return entry.state === 'intended' && entry.targetId !== undefined && entry.detail !== undefined;
}

async function finish(
  session: MailboxSession,
  run: FolderRun,
  tree: TargetTree,
  intent: MoveIntent,
  flags: string,
): Promise<LedgerEntry> {
  const { target } = session;
  if (intent.run !== undefined) run.runs.set(intent.uid, intent.run);
  const state = intent.code === ADOPTED ? 'adopted' : 'copied';
  const moved: LedgerEntry = { ...withCode(intent, undefined), state, flags };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const item = await target.item(intent.targetId);
    const isThere = item?.folderId === run.targetFolderId;
    const owner = isThere ? undefined : ownersMove(item, intent.detail, (id) => tree.isTrash(id));
    if (item === undefined || owner === 'RemovedByOwner') return withCode(moved, 'RemovedByOwner');
    if (!isOurs(session, item.marker)) return withCode(moved, 'MovedByOwner');
    if (!isThere && owner === undefined) {
      if ((await target.move(intent.targetId, run.targetFolderId)) === 'gone') return withCode(moved, 'RemovedByOwner');
    }
    const marker = markerOf(session, run, intent.uid);
    const stateOf = (text: string): ItemState => itemState(parseFlagText(text), session.batch.categories);
    const merged = mergeFlags(stateOf(intent.flags), stateOf(flags), item);
    const change = { ...merged, ...(item.marker === marker ? {} : { marker }) };
    // A move gives the item another version: only where it was not moved the one we saw still holds.
    const version = isThere || owner !== undefined ? item.version : '';
    const outcome =
      Object.keys(change).length === 0 ? 'changed' : await target.changeItem(intent.targetId, change, version);
    if (outcome === 'gone') return withCode(moved, 'RemovedByOwner');
    if (outcome === 'changed') return withCode(moved, owner);
  }
  throw new MigrationError('TargetUnavailable', { detail: 'an item keeps changing while it is moved' });
}

async function recordIntents(session: MailboxSession, run: FolderRun, moves: readonly Move[]): Promise<void> {
  const at = session.world.clock.now();
  const intents = moves.map(({ from, to }): LedgerEntry => ({
    uid: to.uid,
    state: 'intended',
    flags: from.flags,
    size: from.size,
    key: from.key,
    targetId: from.targetId,
    run: from.run ?? session.run,
    at,
    detail: from.putInto,
    ...(to.internalDate === undefined ? {} : { internalDate: to.internalDate }),
  }));
  await session.ledger.record(run.path, run.status.uidValidity, intents);
}

function byRun(moves: readonly Move[]): ReadonlyMap<FolderRun, readonly Move[]> {
  return Map.groupBy(moves, ({ to }) => to.run);
}
