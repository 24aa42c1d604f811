import type { SkippedItem } from '../domain/progress.ts';
import type { LedgerEntry } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** People page through skipped items; a mailbox with more has one cause, not ten thousand. */
const LISTED_AT_MOST = 10_000;

const KIND_OF: Readonly<Record<string, SkippedItem['kind']>> = {
  ItemTooLarge: 'large',
  ItemUnreadable: 'corrupt',
  ItemRefused: 'refused',
};

/** Puts the list of messages that are not in the target where people can see it. */
export async function saveSkippedItems(session: MailboxSession): Promise<void> {
  const items: SkippedItem[] = [];
  for (const path of await session.ledger.folders()) {
    const checkpoint = await session.ledger.checkpoint(path);
    if (checkpoint === undefined || items.length >= LISTED_AT_MOST) continue;
    for (const state of ['skipped', 'failed'] as const) {
      const entries = await session.ledger.entries(path, checkpoint.uidValidity, state);
      items.push(...entries.map((entry) => toSkippedItem(path, entry)));
    }
  }
  await session.world.store.saveSkipped(session.user.address, items.slice(0, LISTED_AT_MOST));
}

function toSkippedItem(folder: string, entry: LedgerEntry): SkippedItem {
  const { uid, size, code = 'Unexpected', detail = '' } = entry;
  return { folder, uid, size, kind: KIND_OF[code] ?? 'missing', code, reason: detail };
}
