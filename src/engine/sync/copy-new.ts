import { MigrationError } from '../domain/failure.ts';
import { type Lot, copyMessages } from './copy-messages.ts';
import type { FolderChange } from './detect-changes.ts';
import type { FolderRun } from './folder-run.ts';
import { LotQueue } from './lot-queue.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { type NewestFirst, newestCount } from './newest-first.ts';
import { reopen } from './open-run.ts';
import type { Move } from './recognise-moves.ts';
import { uploadLane } from './send-lot.ts';
import { removeLateTwins, settleIntents } from './settle-intents.ts';

/** The published limit of a mailbox: four requests at a time. */
const LANES = 4;
/** Bodies that were read and wait for a lane. Together with one window being read it bounds a worker's memory. */
const QUEUE_BYTES = 6 * 1024 * 1024;
const SETTLE_ROUNDS = 3;

/** What is to be brought of a folder, newest first. */
interface FolderWork {
  readonly run: FolderRun;
  readonly uids: readonly number[];
}

/** What a pass brought: everything, or the newest mail, because others wait for theirs. */
export type Brought = 'all' | 'newest';

/**
 * Brings new mail, newest first, folder by folder; while lanes upload, the next window is read. In a first sync the newest
 * mail of all folders comes before the rest of any.
 */
export async function copyNew(
  session: MailboxSession,
  changes: readonly FolderChange[],
  moves: readonly Move[],
  newest?: NewestFirst,
): Promise<Brought> {
  const queue = new LotQueue<Lot>(QUEUE_BYTES, (wait) => session.timer.during('idle', wait));
  const lanes = Array.from({ length: LANES }, () => uploadLane(session, queue));
  try {
    const work = changes.map((change) => ({ run: change.run, uids: toBring(change, moves) }));
    const rest = newest === undefined ? work : await bringNewest(session, work, newest.since, queue);
    if (newest !== undefined) {
      const left = rest.reduce((sum, { uids }) => sum + uids.length, 0);
      if ((await newest.reached({ copied: session.books.copied, bytes: session.books.bytes }, left)) === 'rest later')
        return 'newest';
    }
    for (const { run, uids } of rest)
      if (uids.length > 0) await copyMessages(session, await reopen(session, run), uids, queue);
    await queue.drained();
    await settleRest(session, changes, queue);
    return 'all';
  } catch (error) {
    queue.fail(error);
    throw error;
  } finally {
    queue.close();
    // Lanes finish the message they hold: its outcome belongs in the ledger.
    await Promise.all(lanes);
  }
}

function toBring({ run, fresh, again }: FolderChange, moves: readonly Move[]): readonly number[] {
  const moved = new Set(moves.filter(({ to }) => to.run === run).map(({ to }) => to.uid));
  return [...new Set([...fresh, ...again])].filter((uid) => !moved.has(uid)).sort((a, b) => b - a);
}

// Answers what is left of each folder.
async function bringNewest(
  session: MailboxSession,
  work: readonly FolderWork[],
  since: number,
  queue: LotQueue<Lot>,
): Promise<readonly FolderWork[]> {
  const rest: FolderWork[] = [];
  for (const { run, uids } of work) {
    if (uids.length === 0) continue;
    const opened = await reopen(session, run);
    const count = await newestCount(opened, uids, since);
    if (count > 0) await copyMessages(session, opened, uids.slice(0, count), queue);
    rest.push({ run, uids: uids.slice(count) });
  }
  await queue.drained();
  const left = await Promise.all(rest.map((each) => withoutBegun(session, each)));
  await settleRest(session, work, queue);
  return left;
}

// What an earlier pass began to send is settled with the newest mail, however old it is: it must not be sent after that.
async function withoutBegun(session: MailboxSession, { run, uids }: FolderWork): Promise<FolderWork> {
  const begun = await session.ledger.entries(run.path, run.status.uidValidity, 'intended');
  const known = new Set(begun.map((entry) => entry.uid));
  return { run, uids: uids.filter((uid) => !known.has(uid)) };
}

// Messages whose answer never came: asked about once the target had time to show them, sent again if it has not got them.
async function settleRest(
  session: MailboxSession,
  work: readonly Pick<FolderWork, 'run'>[],
  queue: LotQueue<Lot>,
): Promise<void> {
  const runs = work.map(({ run }) => run);
  const { clock } = session.world;
  for (let round = 1; ; round += 1) {
    const open = await unsettled(session, runs);
    if (open.length === 0) break;
    if (round > SETTLE_ROUNDS) {
      throw new MigrationError('TargetUnavailable', { detail: 'requests stay without an answer' });
    }
    for (const run of open) {
      let settled = await settleIntents(session, run);
      if (settled.askAgainAt !== undefined) {
        await clock.sleep(Math.max(0, settled.askAgainAt - clock.now()), session.signal);
        settled = await settleIntents(session, run);
      }
      if (settled.again.length === 0) continue;
      await copyMessages(session, await reopen(session, run), settled.again, queue);
      await queue.drained();
    }
  }
  for (const run of runs) await removeLateTwins(session, run);
}

async function unsettled(session: MailboxSession, runs: readonly FolderRun[]): Promise<readonly FolderRun[]> {
  const open: FolderRun[] = [];
  for (const run of runs) {
    const { intended = 0 } = await session.ledger.count(run.path, run.status.uidValidity);
    if (intended > 0) open.push(run);
  }
  return open;
}
