import {
  type Cap,
  CAPS,
  NO_SHARES,
  type Shares,
  type WaitingBatch,
  selectDue,
} from '../src/engine/domain/fair-shares.ts';
import { type BatchName, type UserAddress, parseBatchName, parseUserAddress } from '../src/engine/domain/ids.ts';
import { PRIORITIES, type Priority, type WaitingUser, headStart } from '../src/engine/domain/schedule.ts';
import { TimeQueue } from './time-queue.ts';

/** One mailbox at its published ceiling: 150 MB / 5 min on the wire, of which mail is three quarters. */
export const BYTES_PER_MS = 375;
const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Fleet {
  readonly batches: readonly { readonly priority: Priority; readonly users: number }[];
  /** Syncs at a time. */
  readonly places: Readonly<Record<Cap, number>>;
  /** Time the newest mail and the rest of one mailbox take at the published ceilings, and a day's changes (ms). */
  readonly work: (random: () => number) => Readonly<Record<WaitingUser['turn'], number>>;
  /** ms between two looks of the scheduler. */
  readonly tick: number;
  /** The clock runs on for so long after the last first sync. */
  readonly after: number;
}

export interface FleetFigures {
  /** When the newest mail of everybody was there, and all of it (ms from the start). */
  readonly readyAt: number;
  readonly completeAt: number;
  /** When they could have been there at the earliest: all work, spread over all places, or the longest mailbox. */
  readonly readyCeiling: number;
  readonly completeCeiling: number;
  /** Syncs that followed a first one, and how much later than a day after the one before the latest of them began. */
  readonly syncs: number;
  readonly latest: number;
  /** Mean time until the newest mail of a user was there, by priority of its batch. */
  readonly meanReady: Readonly<Partial<Record<Priority, number>>>;
  readonly seconds: number;
}

interface Mailbox {
  readonly address: UserAddress;
  readonly batch: BatchName;
  readonly work: Readonly<Record<WaitingUser['turn'], number>>;
  doneAt: number;
}

/** Runs the rule of the scheduler (domain/fair-shares.ts) over a fleet on a clock that takes no time. */
export function simulateFleet(fleet: Fleet, random: () => number): FleetFigures {
  const begin = performance.now();
  const mailboxes = new Map<UserAddress, Mailbox>();
  const priorityOf = new Map<BatchName, Priority>();
  const lanes = new Map<BatchName, Record<WaitingUser['turn'], TimeQueue<Mailbox>>>();
  fleet.batches.forEach(({ priority, users }, index) => {
    const batch = known(parseBatchName(`batch-${index}`));
    priorityOf.set(batch, priority);
    const lane = {
      ready: new TimeQueue<Mailbox>(),
      rest: new TimeQueue<Mailbox>(),
      incremental: new TimeQueue<Mailbox>(),
    };
    for (let at = 0; at < users; at += 1) {
      const address = known(parseUserAddress(`user${at}@batch${index}.example`));
      const mailbox = { address, batch, work: fleet.work(random), doneAt: 0 };
      mailboxes.set(address, mailbox);
      lane.ready.add(0, mailbox);
    }
    lanes.set(batch, lane);
  });
  const ending = new TimeQueue<{
    readonly mailbox: Mailbox;
    readonly turn: WaitingUser['turn'];
    readonly from: number;
  }>();
  const free = { ...fleet.places };
  let shares: Record<Cap, Shares> = { initial: NO_SHARES, incremental: NO_SHARES };
  let [left, toBeReady, syncs, latest] = [mailboxes.size, mailboxes.size, 0, 0];
  let [readyAt, completeAt] = [0, 0];
  const readySums = new Map<Priority, { sum: number; count: number }>();

  function end(now: number, mailbox: Mailbox, turn: WaitingUser['turn'], from: number): void {
    free[capOf(turn)] += 1;
    const lane = known(lanes.get(mailbox.batch));
    if (turn === 'ready') {
      toBeReady -= 1;
      readyAt = now;
      const priority = known(priorityOf.get(mailbox.batch));
      const { sum, count } = readySums.get(priority) ?? { sum: 0, count: 0 };
      readySums.set(priority, { sum: sum + now, count: count + 1 });
      lane.rest.add(now - headStart(mailbox.work.rest * BYTES_PER_MS), mailbox);
      return;
    }
    if (turn === 'rest') {
      left -= 1;
      completeAt = now;
    }
    mailbox.doneAt = now;
    lane.incremental.add(from + DAY, mailbox);
  }

  function look(now: number): void {
    for (const cap of CAPS) {
      if (free[cap] <= 0) continue;
      const taken = [...lanes].map(([name, lane]) => ({ name, lane, users: takeDue(lane, cap, now, free[cap]) }));
      const queues = taken.map(({ name, users }): WaitingBatch => ({
        ...{ name, priority: known(priorityOf.get(name)) },
        waiting: users.map(({ turn, since, mailbox }) => ({
          turn,
          since,
          priority: 'normal',
          address: mailbox.address,
        })),
      }));
      const selection = selectDue(queues, free[cap], shares[cap], now);
      shares = { ...shares, [cap]: selection.shares };
      const chosen = new Set(selection.chosen);
      for (const { lane, users } of taken)
        for (const { turn, since, mailbox } of users) {
          if (!chosen.has(mailbox.address)) {
            lane[turn].add(since, mailbox);
            continue;
          }
          free[cap] -= 1;
          // A first sync of more than a day is followed by the next one as soon as it is done.
          const from = Math.max(since, mailbox.doneAt);
          if (turn === 'incremental') [syncs, latest] = [syncs + 1, Math.max(latest, now - from)];
          ending.add(now + mailbox.work[turn], { mailbox, turn, from: now });
        }
    }
  }

  for (let now = 0; left > 0 || now < completeAt + fleet.after; now += fleet.tick) {
    for (const { at, thing } of ending.take(now, Number.POSITIVE_INFINITY))
      end(at, thing.mailbox, thing.turn, thing.from);
    look(now);
  }
  const all = [...mailboxes.values()];
  const sumOf = (turns: readonly WaitingUser['turn'][]): number =>
    all.reduce((sum, { work }) => sum + turns.reduce((more, turn) => more + work[turn], 0), 0);
  const longest = Math.max(...all.map(({ work }) => work.ready + work.rest));
  return {
    ...{ readyAt, completeAt, syncs, latest },
    readyCeiling: Math.max(sumOf(['ready']) / fleet.places.initial, ...all.map(({ work }) => work.ready)),
    completeCeiling: Math.max(sumOf(['ready', 'rest']) / fleet.places.initial, longest),
    meanReady: Object.fromEntries(
      PRIORITIES.flatMap((priority) => {
        const { sum = 0, count = 0 } = readySums.get(priority) ?? {};
        return count === 0 ? [] : [[priority, sum / count]];
      }),
    ),
    seconds: (performance.now() - begin) / SECOND,
  };
}

interface Due {
  readonly turn: WaitingUser['turn'];
  readonly since: number;
  readonly mailbox: Mailbox;
}

function takeDue(
  lane: Readonly<Record<WaitingUser['turn'], TimeQueue<Mailbox>>>,
  cap: Cap,
  now: number,
  most: number,
): readonly Due[] {
  const turns = cap === 'initial' ? (['ready', 'rest'] as const) : (['incremental'] as const);
  return turns.flatMap((turn) =>
    lane[turn].take(now, most).map(({ at, thing }) => ({ turn, since: at, mailbox: thing })),
  );
}

function capOf(turn: WaitingUser['turn']): Cap {
  return turn === 'incremental' ? 'incremental' : 'initial';
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('a name is not valid');
  return value;
}
