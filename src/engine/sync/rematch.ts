import { formatFlags } from '../domain/mailbox.ts';
import { messageKey } from '../domain/message-key.ts';
import type { LedgerEntry } from '../ports.ts';
import type { ReadMessage } from './copy-messages.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';

/**
 * After a changed UIDVALIDITY all UIDs are new, the messages are not (RFC 3501, 2.3.1.1). A message the ledger knows
 * under the old numbers is taken over instead of sent again; each old entry stands for one message, so that exact
 * duplicates stay as many as they are.
 */
export async function adoptTwin(session: MailboxSession, run: FolderRun, { meta, raw }: ReadMessage): Promise<boolean> {
  if (!run.rematch || run.incomplete.has(meta.uid)) return false;
  const { ledger, books } = session;
  const key = messageKey(raw, meta.size);
  const twins = await ledger.findByKey(key);
  const twin = twins.find(
    (entry) =>
      entry.path === run.path &&
      entry.uidValidity !== run.status.uidValidity &&
      (entry.state === 'copied' || entry.state === 'adopted') &&
      claim(run, entry),
  );
  if (twin?.targetId === undefined) return false;
  const { path: _path, uidValidity, ...former } = twin;
  const adopted: LedgerEntry = { ...former, uid: meta.uid, state: 'adopted', flags: formatFlags(meta.flags) };
  await ledger.record(run.path, run.status.uidValidity, [adopted]);
  await ledger.record(run.path, uidValidity, [{ ...former, state: 'gone' }]);
  books.move(run.path, 'pending', 'adopted');
  return true;
}

const claims = new WeakMap<FolderRun, Set<string>>();

// Lanes run side by side: what one of them takes between looking and recording, the others must not take.
function claim(run: FolderRun, entry: { readonly uidValidity: string; readonly uid: number }): boolean {
  const taken = claims.get(run) ?? new Set<string>();
  claims.set(run, taken);
  const name = `${entry.uidValidity}/${entry.uid}`;
  if (taken.has(name)) return false;
  taken.add(name);
  return true;
}
