import type { MigrationEvent } from './events.ts';
import type { BatchName, UserAddress } from './ids.ts';

/** How fast first syncs through an endpoint have been. */
export interface MeasuredPace {
  /** Mailboxes it was measured on. */
  readonly mailboxes: number;
  /** Of one mailbox, and of all that were at work at the same time. */
  readonly itemsPerSecondOfOne: number;
  readonly itemsPerSecond: number;
  /** The same in bytes, where they were told. */
  readonly bytesPerSecondOfOne?: number;
  readonly bytesPerSecond?: number;
}

/** So much mail. */
export interface Amount {
  readonly items: number;
  readonly bytes: number;
}

/** How long the first sync of a batch is likely to take, and what that rests on. */
export interface Prediction {
  readonly seconds: number;
  readonly pace: MeasuredPace;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly copied: number;
  readonly bytes: number | undefined;
}

/** A sync that copied next to nothing says nothing about the pace. */
const LEAST_ITEMS = 20;

/** Reads the pace of first syncs out of what happened; undefined when nothing was measured yet. */
export function measuredPace(
  events: readonly MigrationEvent[],
  batches: ReadonlySet<BatchName>,
): MeasuredPace | undefined {
  const started = new Map<UserAddress, number>();
  const spans: Span[] = [];
  for (const event of events) {
    if (!('batch' in event) || !batches.has(event.batch)) continue;
    if (event.type === 'UserSyncStarted' && event.initial) started.set(event.user, event.at);
    const isPart = event.type === 'UserReady' && event.later;
    if (!isPart && (event.type !== 'UserSynced' || !event.initial)) continue;
    const from = started.get(event.user);
    started.delete(event.user);
    if (from !== undefined && event.at > from && event.copied >= LEAST_ITEMS)
      spans.push({ from, to: event.at, copied: event.copied, bytes: event.bytes });
  }
  if (spans.length === 0) return undefined;
  const copied = spans.reduce((sum, span) => sum + span.copied, 0);
  const worked = spans.reduce((sum, span) => sum + span.to - span.from, 0);
  return {
    mailboxes: spans.length,
    itemsPerSecondOfOne: rate(copied, worked),
    itemsPerSecond: rate(copied, busyTime(spans)),
    ...bytePace(spans),
  };
}

// Syncs of an older version told no bytes.
function bytePace(all: readonly Span[]): Pick<MeasuredPace, 'bytesPerSecond' | 'bytesPerSecondOfOne'> {
  const spans = all.filter((span) => span.bytes !== undefined);
  if (spans.length === 0) return {};
  const bytes = spans.reduce((sum, span) => sum + (span.bytes ?? 0), 0);
  const worked = spans.reduce((sum, span) => sum + span.to - span.from, 0);
  return { bytesPerSecondOfOne: rate(bytes, worked), bytesPerSecond: rate(bytes, busyTime(spans)) };
}

/**
 * The batch at the pace of those before it: the whole of it at the pace of all together, but never faster than its largest
 * mailbox, which is read by one worker. By messages and by bytes: mail that is larger than what was measured is bound by
 * its bytes, smaller mail by its number.
 */
export function predictDuration(mailboxes: readonly Amount[], pace: MeasuredPace | undefined): Prediction | undefined {
  if (pace === undefined) return undefined;
  const { itemsPerSecond, itemsPerSecondOfOne, bytesPerSecond, bytesPerSecondOfOne } = pace;
  const slower = ({ items, bytes }: Amount, itemPace: number, bytePace: number | undefined): number =>
    Math.max(items / itemPace, bytePace === undefined || bytePace <= 0 ? 0 : bytes / bytePace);
  const all = mailboxes.reduce(
    (sum, each) => ({ items: sum.items + each.items, bytes: sum.bytes + each.bytes }),
    NO_MAIL,
  );
  const largest = mailboxes.map((each) => slower(each, itemsPerSecondOfOne, bytesPerSecondOfOne));
  const seconds = largest.reduce((most, each) => Math.max(most, each), slower(all, itemsPerSecond, bytesPerSecond));
  return { seconds: Math.ceil(seconds), pace };
}

const NO_MAIL: Amount = { items: 0, bytes: 0 };

// Time in which at least one mailbox was at work: what lies between two batches is no work.
function busyTime(spans: readonly Span[]): number {
  let busy = 0;
  let until = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}

function rate(items: number, ms: number): number {
  return Math.round((items / Math.max(1, ms)) * 10_000) / 10;
}
