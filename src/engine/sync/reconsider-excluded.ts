import { OUT_OF_WINDOW, isWithin } from '../domain/received-window.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { withCode } from './owner-work.ts';

/** Mail an earlier batch left behind by its date, and this one wants: booked as not copied yet, so that this pass brings it. */
export async function reconsiderExcluded(session: MailboxSession): Promise<void> {
  const { ledger, batch } = session;
  for (const { path, uidValidity, ...entry } of await ledger.coded()) {
    if (entry.state !== 'excluded' || entry.code !== OUT_OF_WINDOW) continue;
    if (!isWithin(batch.received ?? {}, entry.internalDate)) continue;
    await ledger.record(path, uidValidity, [{ ...withCode(entry, undefined), state: 'failed' }]);
  }
}
