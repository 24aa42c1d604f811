import type { MigrationBatch } from './migration-batch.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A batch that nothing is done with keeps its passwords so long: then Bellhop forgets them, and nothing else. */
const IDLE_LIFETIME = 60 * DAY;
/** So long before that it is announced, and once more. */
const ANNOUNCED_BEFORE = [7 * DAY, DAY] as const;
/** What was said about the end of something. Times in ms since 1970, UTC. */
export interface Announced {
  /** The end that was announced; with another one, everything is said again. */
  readonly end: number;
  /** How long before it (ms), the latest time. */
  readonly before: number;
  readonly at: number;
}

/** When the passwords of a batch are forgotten; undefined while it is worked with, or waits for its start. */
export function expiryOf(
  { intent, startAt, idleSince }: Pick<MigrationBatch, 'intent' | 'startAt' | 'idleSince'>,
  timeScale = 1,
): number | undefined {
  const isIdle = intent === 'Stopped' || (intent === 'Created' && startAt === undefined);
  return isIdle && idleSince !== undefined ? idleSince + IDLE_LIFETIME / timeScale : undefined;
}

export type ExpiryStep =
  | { readonly step: 'nothing' }
  /** Say that the end comes. */
  | { readonly step: 'announce'; readonly announced: Announced }
  | { readonly step: 'expire' };

/** What has to be done about an end. It comes a day after it was announced at the earliest: nothing ends unannounced. */
export function expiryStep(end: number, announced: Announced | undefined, now: number, timeScale = 1): ExpiryStep {
  const [, last] = ANNOUNCED_BEFORE;
  const said = announced?.end === end ? announced : undefined;
  const due = ANNOUNCED_BEFORE.findLast((before) => now >= end - before / timeScale);
  if (due !== undefined && (said === undefined || due < said.before))
    return { step: 'announce', announced: { end, before: due, at: now } };
  const isAnnounced = said !== undefined && now >= said.at + last / timeScale;
  return now >= end && isAnnounced ? { step: 'expire' } : { step: 'nothing' };
}
