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
      for (const { raw } of lot.messages) release(raw);
    }
  }
}

/** Of smaller bodies (bytes) it costs more than it saves. */
const WORTH_RELEASING = 16 * 1024;

// What becomes of every message of the lot is known, so nobody reads its body any more. As garbage, bodies would wait for a
// collection of everything, and make one necessary. A Buffer that shares its memory with others stays.
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength >= WORTH_RELEASING)
    buffer.transfer(0);
}

/**
 * Intent before, confirmation after. The intents are durable before the first byte is sent, the results are
 * written as they come; what was surely not sent is taken back, so that only messages without an answer stay intended.
 */
async function sendLot(session: MailboxSession, { run, messages }: Lot): Promise<void> {
  const { ledger, books } = session;
  const { uidValidity } = run.status;
  const intents = new Map(messages.map((message) => [message, entryOf(session, run, message)]));
  await ledger.record(run.path, uidValidity, [...intents.values()]);

  const unsent = new Set(messages.map((message) => message.meta.uid));
  try {
    for (let left = messages.map((message) => toOffer(session, run, message)); left.length > 0;) {
      session.signal.throwIfAborted();
      const attempts = await sendSome(session, run, left);
      const results: LedgerEntry[] = [];
      let failure: { readonly error: unknown } | undefined;
      for (const [index, { message }] of left.slice(0, attempts.length).entries()) {
        try {
          const { sent, outcome } = await orStandIn(session, run, message, attempts[index]);
          unsent.delete(message.meta.uid);
          results.push(resultOf(session, run, sent, intents.get(sent) ?? entryOf(session, run, sent), outcome));
        } catch (error) {
          // A MigrationError is an answer: nothing was stored. Anything else leaves the intent as it is.
          if (!(error instanceof MigrationError)) unsent.delete(message.meta.uid);
          failure ??= { error };
        }
      }
      await ledger.confirm(run.path, uidValidity, results);
      for (const entry of results) {
        if (entry.state === 'copied') books.arrived(run.path, entry.size);
        if (entry.state === 'skipped') books.move(run.path, 'pending', 'skipped');
      }
      if (failure !== undefined) throw failure.error;
      left = left.slice(attempts.length);
    }
  } finally {
    await ledger.withdraw(run.path, uidValidity, [...unsent]);
  }
}

type Attempt = PromiseSettledResult<ImportOutcome>;

/** Sends the first of the messages, as many as the target likes to take together. */
async function sendSome(
  session: MailboxSession,
  run: FolderRun,
  offers: readonly Offered[],
): Promise<readonly Attempt[]> {
  const { target, signal } = session;
  const [first] = offers;
  if (first?.existing !== undefined)
    return Promise.allSettled([target.completeMessage(first.existing, run.targetFolderId, first.toImport, signal)]);
  const begun = offers.findIndex(({ existing }) => existing !== undefined);
  const fresh = begun < 0 ? offers : offers.slice(0, begun);
  return target.importSome(
    run.targetFolderId,
    fresh.map((each) => each.toImport),
    signal,
  );
}

interface Offered {
  readonly message: ReadMessage;
  readonly toImport: MessageToImport;
  /** The item that is there already, and lacks attachments. */
  readonly existing: string | undefined;
}

function toOffer(session: MailboxSession, run: FolderRun, message: ReadMessage): Offered {
  return { message, toImport: toImport(session, run, message), existing: run.incomplete.get(message.meta.uid) };
}

interface Sent {
  readonly sent: ReadMessage;
  readonly outcome: ImportOutcome;
}

// The limit of a mailbox may be lower than the one that was set: then the target says so, and a stand-in is sent.
async function orStandIn(
  session: MailboxSession,
  run: FolderRun,
  message: ReadMessage,
  attempt: Attempt | undefined,
): Promise<Sent> {
  if (attempt?.status !== 'fulfilled') throw attempt?.reason;
  const { value: outcome } = attempt;
  const tooLarge = outcome.outcome === 'refused' && outcome.code === 'ItemTooLarge' && message.standIn !== true;
  if (!tooLarge || session.batch.oversize !== 'stub') return { sent: message, outcome };
  const sent = standInFor(session, run, message.meta, headerBlock(message.raw));
  await session.ledger.record(run.path, run.status.uidValidity, [entryOf(session, run, sent)]);
  const standIn = toImport(session, run, sent);
  return { sent, outcome: await session.target.importMessage(run.targetFolderId, standIn, session.signal) };
}

function toImport(session: MailboxSession, run: FolderRun, { meta, raw }: ReadMessage): MessageToImport {
  return {
    raw,
    marker: markerOf(session, run, meta.uid),
    ...(meta.internalDate === undefined ? {} : { receivedAt: meta.internalDate }),
    flags: meta.flags,
    categories: categoriesOf(meta.flags.keywords, session.batch.categories),
    ...(run.resent.has(meta.uid) ? { sentBefore: true } : {}),
  };
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
      // From now on it may take a while until the target shows it.
      return { ...intent, detail: outcome.detail, at: session.world.clock.now() };
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
