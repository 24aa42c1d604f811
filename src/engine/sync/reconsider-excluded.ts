import { LEFT_OUT, leftOutBy } from '../domain/mail-filter.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { withCode } from './owner-work.ts';

/** Mail an earlier batch left behind by its filter, and this one wants: booked as not copied yet, so that this pass brings it. */
export async function reconsiderExcluded(session: MailboxSession): Promise<void> {
  const { ledger, batch } = session;
  for (const { path, uidValidity, ...entry } of await ledger.coded()) {
    if (entry.state !== 'excluded' || entry.code === undefined || !LEFT_OUT.has(entry.code)) continue;
    if (leftOutBy(batch.filter ?? {}, entry) !== undefined) continue;
    await ledger.record(path, uidValidity, [{ ...withCode(entry, undefined), state: 'failed' }]);
  }
}
