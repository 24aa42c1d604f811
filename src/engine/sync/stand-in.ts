import { failure } from '../domain/failure.ts';
import { isStandInRun, standInRun } from '../domain/marker.ts';
import type { MessageMeta } from '../domain/mailbox.ts';
import { megabytes, standInMessage } from '../domain/stand-in.ts';
import type { LedgerEntry } from '../ports.ts';
import type { ReadMessage } from './copy-messages.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';

/**
 * A stand-in is an item in the target for a message that is not there: the message stays skipped in ledger and books, its
 * entry names the item. The run in the marker says that it is a stand-in, so that nobody takes it for the message, not
 * even after the ledger was lost.
 */

/** The stand-ins of messages that have none yet. Their intents get a run of their own. */
export async function makeStandIns(
  session: MailboxSession,
  run: FolderRun,
  metas: readonly MessageMeta[],
): Promise<readonly ReadMessage[]> {
  const headers = await run.folder.headers(metas.map((meta) => meta.uid));
  return metas.map((meta) => standInFor(session, run, meta, headers.get(meta.uid) ?? Buffer.alloc(0)));
}

/** What is sent in place of one message, given its headers or all of it. */
export function standInFor(session: MailboxSession, run: FolderRun, meta: MessageMeta, headers: Buffer): ReadMessage {
  run.runs.set(meta.uid, standInRun(run.runs.get(meta.uid) ?? session.run));
  const about = { folder: run.path, uid: meta.uid, size: meta.size, limit: session.world.settings.maxItemSize };
  return { meta, raw: standInMessage(headers, about), standIn: true };
}

/** The entry of a message whose stand-in is in the target. */
export function standInEntry(
  session: MailboxSession,
  run: Pick<FolderRun, 'path'>,
  intent: LedgerEntry,
  targetId: string,
): LedgerEntry {
  const { uid, size } = intent;
  const limit = megabytes(session.world.settings.maxItemSize);
  const details = { uid, size: size.toLocaleString('en'), folder: run.path, limit };
  const { message } = failure('ItemStandIn', details);
  return { ...intent, state: 'skipped', targetId, code: 'ItemStandIn', detail: message };
}

/** UIDs of a folder that have a stand-in, with its item. */
export async function standInsOf(
  session: Pick<MailboxSession, 'ledger'>,
  path: string,
  uidValidity: string,
): Promise<ReadonlyMap<number, string>> {
  const skipped = await session.ledger.entries(path, uidValidity, 'skipped');
  return new Map(skipped.flatMap(({ uid, targetId }) => (targetId === undefined ? [] : [[uid, targetId] as const])));
}

/**
 * The target takes these messages now. Their stand-ins go first: an item with the marker would be taken for the message.
 */
export async function removeStandIns(
  session: MailboxSession,
  run: FolderRun,
  metas: readonly MessageMeta[],
  standIns: ReadonlyMap<number, string>,
): Promise<void> {
  for (const { uid } of metas) {
    if (isStandInRun(run.runs.get(uid))) run.runs.delete(uid);
    const id = standIns.get(uid) ?? run.incomplete.get(uid);
    if (standIns.has(uid) && id !== undefined) await session.target.removeDuplicate(id);
  }
}
