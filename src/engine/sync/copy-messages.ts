import type { MessageMeta } from '../domain/mailbox.ts';
import { cutWindows } from '../domain/sync-plan.ts';
import type { FetchedMessage, LedgerEntry } from '../ports.ts';
import { failure } from '../domain/failure.ts';
import { formatFlags } from '../domain/mailbox.ts';
import { leftOutBy } from '../domain/mail-filter.ts';
import { megabytes } from '../domain/stand-in.ts';
import type { FolderRun } from './folder-run.ts';
import type { LotQueue } from './lot-queue.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { makeStandIns, removeStandIns, standInsOf } from './stand-in.ts';

/** A message read from the source, on its way to the target. */
export interface ReadMessage {
  readonly meta: MessageMeta;
  readonly raw: Buffer;
  /** `raw` is not the message, but what stands for it. */
  readonly standIn?: true;
}

/** A few messages of one folder that are recorded and uploaded together. */
export interface Lot {
  readonly run: FolderRun;
  readonly messages: readonly ReadMessage[];
  readonly bytes: number;
}

const METADATA_CHUNK = 1000;
/** One FETCH command each: round trips are paid by the window, memory by its bytes. */
const WINDOW = { count: 200, bytes: 4 * 1024 * 1024 };
/** Small, so that a crash leaves few messages whose fate has to be asked for. */
const LOT = { count: 50, bytes: 2 * 1024 * 1024 };

/**
 * Reads messages (given newest first) window by window and puts them into the queue. Never holds more than a window of
 * bodies and a chunk of metadata besides the queue.
 */
export async function copyMessages(
  session: MailboxSession,
  run: FolderRun,
  uids: readonly number[],
  queue: LotQueue<Lot>,
): Promise<void> {
  for (let at = 0; at < uids.length; at += METADATA_CHUNK) {
    session.signal.throwIfAborted();
    const chunk = uids.slice(at, at + METADATA_CHUNK);
    const { wanted: metas, tooLarge } = await readMetadata(session, run, chunk);
    const standIns = await standInsOf(session, run.path, run.status.uidValidity);
    await removeStandIns(session, run, metas, standIns);
    for (const lot of cutLots(run, await bookTooLarge(session, run, tooLarge, standIns))) await queue.put(lot);
    for (const window of cutWindows(metas, WINDOW)) {
      session.signal.throwIfAborted();
      const byUid = new Map(window.map((meta) => [meta.uid, meta]));
      const fetched = await run.folder.contents(window);
      await bookUnread(session, run, fetched, byUid);
      for (const lot of cutLots(run, readOf(fetched, byUid))) await queue.put(lot);
      await session.books.publish();
    }
  }
}

// Newest first; what is gone is booked here, and what is too large is never read.
async function readMetadata(
  session: MailboxSession,
  run: FolderRun,
  uids: readonly number[],
): Promise<{ readonly wanted: readonly MessageMeta[]; readonly tooLarge: readonly MessageMeta[] }> {
  const metas = [...(await run.folder.metadata(uids))].sort((a, b) => b.uid - a.uid);
  const present = new Set(metas.map((meta) => meta.uid));
  await bookGone(
    session,
    run,
    uids.filter((uid) => !present.has(uid)),
  );
  session.books.sized(
    run.path,
    metas.length,
    metas.reduce((sum, meta) => sum + meta.size, 0),
  );
  const wanted = await bookLeftOut(session, run, metas);
  const limit = session.world.settings.maxItemSize;
  return {
    wanted: wanted.filter((meta) => meta.size <= limit),
    tooLarge: wanted.filter((meta) => meta.size > limit),
  };
}

// Skipped, or where the batch wants it, replaced by a stand-in: those that have none yet are answered, to be sent.
async function bookTooLarge(
  session: MailboxSession,
  run: FolderRun,
  metas: readonly MessageMeta[],
  standIns: ReadonlyMap<number, string>,
): Promise<readonly ReadMessage[]> {
  const has = metas.filter((meta) => standIns.has(meta.uid));
  session.books.move(run.path, 'pending', 'skipped', has.length);
  const others = metas.filter((meta) => !standIns.has(meta.uid));
  if (session.batch.oversize === 'stub') return makeStandIns(session, run, others);
  const entries = others.map((meta) => skipped(session, run, meta, 'ItemTooLarge', `${meta.size} bytes`));
  await bookSkipped(session, run, entries);
  return [];
}

// What the batch leaves behind. It is remembered with date and size, so that a batch with another filter brings it.
async function bookLeftOut(
  session: MailboxSession,
  run: FolderRun,
  metas: readonly MessageMeta[],
): Promise<readonly MessageMeta[]> {
  const { filter } = session.batch;
  if (filter === undefined) return metas;
  const at = session.world.clock.now();
  const wanted: MessageMeta[] = [];
  const entries: LedgerEntry[] = [];
  for (const meta of metas) {
    const code = leftOutBy(filter, meta);
    const { uid, flags, size, internalDate } = meta;
    if (code === undefined) wanted.push(meta);
    else
      entries.push({
        ...{ uid, state: 'excluded', flags: formatFlags(flags), size, at, code },
        ...(internalDate === undefined ? {} : { internalDate }),
      });
  }
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.move(run.path, 'pending', 'excluded', entries.length);
  return wanted;
}

async function bookUnread(
  session: MailboxSession,
  run: FolderRun,
  fetched: readonly FetchedMessage[],
  metas: ReadonlyMap<number, MessageMeta>,
): Promise<void> {
  await bookGone(
    session,
    run,
    fetched.filter((each) => each.outcome === 'gone').map((each) => each.uid),
  );
  const unreadable = fetched.flatMap((each) => {
    const meta = metas.get(each.uid);
    return each.outcome === 'unreadable' && meta !== undefined
      ? [skipped(session, run, meta, 'ItemUnreadable', each.detail)]
      : [];
  });
  await bookSkipped(session, run, unreadable);
}

function readOf(fetched: readonly FetchedMessage[], metas: ReadonlyMap<number, MessageMeta>): readonly ReadMessage[] {
  return fetched.flatMap((each) => {
    const meta = metas.get(each.uid);
    return each.outcome === 'read' && meta !== undefined ? [{ meta, raw: each.raw }] : [];
  });
}

function* cutLots(run: FolderRun, messages: readonly ReadMessage[]): Generator<Lot> {
  const sized = messages.map((message) => ({ ...message, size: message.raw.length }));
  for (const lot of cutWindows(sized, LOT)) {
    yield { run, messages: lot, bytes: lot.reduce((sum, message) => sum + message.size, 0) };
  }
}

async function bookGone(session: MailboxSession, run: FolderRun, uids: readonly number[]): Promise<void> {
  if (uids.length === 0) return;
  const at = session.world.clock.now();
  const entries = uids.map((uid): LedgerEntry => ({ uid, state: 'gone', flags: '', size: 0, at }));
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.move(run.path, 'pending', 'goneAtSource', uids.length);
}

async function bookSkipped(session: MailboxSession, run: FolderRun, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.move(run.path, 'pending', 'skipped', entries.length);
}

/** The ledger entry of a message that will not be in the target, with the reason people read. */
export function skipped(
  session: MailboxSession,
  run: FolderRun,
  meta: MessageMeta,
  code: 'ItemTooLarge' | 'ItemUnreadable' | 'ItemRefused',
  detail: string,
): LedgerEntry {
  const { maxItemSize } = session.world.settings;
  const size = meta.size.toLocaleString('en');
  // A mailbox may take less than was set; then its own answer is the reason.
  const limit = meta.size > maxItemSize ? megabytes(maxItemSize) : `< ${size} (${detail})`;
  const details = { uid: meta.uid, folder: run.path, size, limit, detail };
  return {
    uid: meta.uid,
    state: 'skipped',
    flags: formatFlags(meta.flags),
    size: meta.size,
    ...(meta.internalDate === undefined ? {} : { internalDate: meta.internalDate }),
    at: session.world.clock.now(),
    code,
    detail: failure(code, details).message,
  };
}
