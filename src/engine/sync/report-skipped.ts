import { MigrationError } from '../domain/failure.ts';
import type { SourceFolder } from '../domain/mailbox.ts';
import { type SkippedItem, sameSkipped } from '../domain/progress.ts';
import type { LedgerEntry, MessageSummary } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** People page through skipped items; a mailbox with more has one cause, not ten thousand. */
const LISTED_AT_MOST = 10_000;

const KIND_OF: Readonly<Record<string, SkippedItem['kind']>> = {
  ItemTooLarge: 'large',
  ItemStandIn: 'large',
  ItemUnreadable: 'corrupt',
  ItemRefused: 'refused',
};

/**
 * Puts the list of messages that are not in the target where people can see it, each with subject, sender and date as the
 * source knows them. What a person approved stays approved as long as it is the same message for the same reason.
 */
export async function saveSkippedItems(session: MailboxSession, folders: readonly SourceFolder[]): Promise<void> {
  const { ledger, user, world } = session;
  const before = new Map((await world.store.skipped(user.address)).map((item) => [sameSkipped(item), item]));
  const byPath = new Map(folders.map((folder) => [folder.path, folder]));
  const items: SkippedItem[] = [];
  for (const path of await ledger.folders()) {
    const checkpoint = await ledger.checkpoint(path);
    if (checkpoint === undefined || items.length >= LISTED_AT_MOST) continue;
    const { uidValidity } = checkpoint;
    const entries = [
      ...(await ledger.entries(path, uidValidity, 'skipped')),
      ...(await ledger.entries(path, uidValidity, 'failed')),
    ].slice(0, LISTED_AT_MOST - items.length);
    const known = (uid: number): SkippedItem | undefined => before.get(sameSkipped({ folder: path, uidValidity, uid }));
    const fresh = entries.map((entry) => entry.uid).filter((uid) => known(uid) === undefined);
    const summaries = await summariesOf(session, byPath.get(path), uidValidity, fresh);
    for (const entry of entries)
      items.push(toSkippedItem({ folder: path, uidValidity }, entry, known(entry.uid), summaries.get(entry.uid)));
  }
  await world.store.saveSkipped(user.address, items);
}

// Their absence is no reason to fail a sync: the messages are listed without.
async function summariesOf(
  session: MailboxSession,
  folder: SourceFolder | undefined,
  uidValidity: string,
  uids: readonly number[],
): Promise<ReadonlyMap<number, MessageSummary>> {
  if (folder === undefined || uids.length === 0) return new Map();
  try {
    return await (await session.source.select(folder, uidValidity)).summaries(uids);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return new Map();
  }
}

function toSkippedItem(
  place: Pick<SkippedItem, 'folder' | 'uidValidity'>,
  { uid, size, code = 'Unexpected', detail = '', internalDate }: LedgerEntry,
  known: SkippedItem | undefined,
  summary: MessageSummary | undefined,
): SkippedItem {
  const { subject, from, date = internalDate } = summary ?? known ?? {};
  return {
    ...place,
    uid,
    size,
    kind: KIND_OF[code] ?? 'missing',
    code,
    reason: detail,
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(date === undefined ? {} : { date }),
    ...(known?.approved === undefined || known.code !== code ? {} : { approved: known.approved }),
  };
}
