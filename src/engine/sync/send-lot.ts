import { MigrationError } from '../domain/failure.ts';
import { formatFlags } from '../domain/mailbox.ts';
import { headerBlock, messageKey } from '../domain/message-key.ts';
import type { ImportOutcome, LedgerEntry, MessageToImport } from '../ports.ts';
import { type Lot, type ReadMessage, skipped } from './copy-messages.ts';
import { type FolderRun, markerOf } from './folder-run.ts';
import type { LotQueue } from './lot-queue.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { standInEntry, standInFor } from './stand-in.ts';
import { categoriesOf } from '../domain/categories.ts';

/** Takes lots from the queue and uploads them until the queue ends. A failure ends the queue for everybody. */
export async function uploadLane(session: MailboxSession, queue: LotQueue<Lot>): Promise<void> {
  for (let lot = await queue.take(); lot !== undefined; lot = await queue.take()) {
    try {
      await sendLot(session, lot);
      await session.books.publish();
    } catch (error) {
      queue.fail(error);
    } finally {
      queue.done(lot);
    }
  }
}

/**
 * Intent before, confirmation after. The intents are durable before the first byte is sent, the results are
 * written before the lot counts as done; what was surely not sent is taken back, so that only messages without an answer stay intended.
 */
async function sendLot(session: MailboxSession, { run, messages }: Lot): Promise<void> {
  const { ledger, books } = session;
  const { uidValidity } = run.status;
  const intents = new Map(messages.map((message) => [message, entryOf(session, run, message)]));
  await ledger.record(run.path, uidValidity, [...intents.values()]);

  const results: LedgerEntry[] = [];
  const unsent = new Set(messages.map((message) => message.meta.uid));
  try {
    for (const message of messages) {
      session.signal.throwIfAborted();
      const { sent, outcome } = await sendOrStandIn(session, run, message).catch((error: unknown) => {
        // A MigrationError is an answer: nothing was stored. Anything else leaves the intent as it is.
        if (!(error instanceof MigrationError)) unsent.delete(message.meta.uid);
        throw error;
      });
      unsent.delete(message.meta.uid);
      results.push(resultOf(session, run, sent, intents.get(sent) ?? entryOf(session, run, sent), outcome));
    }
  } finally {
    await ledger.confirm(run.path, uidValidity, results);
    await ledger.withdraw(run.path, uidValidity, [...unsent]);
    for (const entry of results) {
      if (entry.state === 'copied') books.arrived(run.path, entry.size);
      if (entry.state === 'skipped') books.move(run.path, 'pending', 'skipped');
    }
  }
}

interface Sent {
  readonly sent: ReadMessage;
  readonly outcome: ImportOutcome;
}

// The limit of a mailbox may be lower than the one that was set: then the target says so.
async function sendOrStandIn(session: MailboxSession, run: FolderRun, message: ReadMessage): Promise<Sent> {
  const outcome = await send(session, run, message);
  const tooLarge = outcome.outcome === 'refused' && outcome.code === 'ItemTooLarge' && message.standIn !== true;
  if (!tooLarge || session.batch.oversize !== 'stub') return { sent: message, outcome };
  const sent = standInFor(session, run, message.meta, headerBlock(message.raw));
  await session.ledger.record(run.path, run.status.uidValidity, [entryOf(session, run, sent)]);
  return { sent, outcome: await send(session, run, sent) };
}

async function send(session: MailboxSession, run: FolderRun, { meta, raw }: ReadMessage): Promise<ImportOutcome> {
  const message: MessageToImport = {
    raw,
    marker: markerOf(session, run, meta.uid),
    ...(meta.internalDate === undefined ? {} : { receivedAt: meta.internalDate }),
    flags: meta.flags,
    categories: categoriesOf(meta.flags.keywords, session.batch.categories),
    ...(run.resent.has(meta.uid) ? { sentBefore: true } : {}),
  };
  const existing = run.incomplete.get(meta.uid);
  if (existing !== undefined)
    return session.target.completeMessage(existing, run.targetFolderId, message, session.signal);
  return session.target.importMessage(run.targetFolderId, message, session.signal);
}

function resultOf(
  session: MailboxSession,
  run: FolderRun,
  message: ReadMessage,
  intent: LedgerEntry,
  outcome: ImportOutcome,
): LedgerEntry {
  switch (outcome.outcome) {
    case 'imported':
      if (message.standIn === true) return standInEntry(session, run, intent, outcome.id);
      return {
        ...intent,
        state: 'copied',
        targetId: outcome.id,
        ...(outcome.notes.length === 0 ? {} : { notes: outcome.notes }),
      };
    case 'unknown':
      return { ...intent, detail: outcome.detail };
    case 'refused':
      return skipped(session, run, message.meta, outcome.code, outcome.detail);
  }
}

function entryOf(session: MailboxSession, run: FolderRun, { meta, raw }: ReadMessage): LedgerEntry {
  return {
    uid: meta.uid,
    state: 'intended',
    flags: formatFlags(meta.flags),
    size: meta.size,
    ...(meta.internalDate === undefined ? {} : { internalDate: meta.internalDate }),
    key: messageKey(raw, meta.size),
    run: run.runs.get(meta.uid) ?? session.run,
    at: session.world.clock.now(),
  };
}
