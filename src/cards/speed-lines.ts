import type { SpeedView } from '../engine/views.ts';
import { type CardElement, facts, section } from './elements.ts';
import type { Locale } from './locale.ts';

const CAUSES = ['budget', 'source', 'target', 'cpu', 'slot'] as const;
/** What took less of the time than this holds nobody back. */
const NOTICED = 0.05;

/** "41 mails/s · 3.1 MB/s · 86% of Exchange's ceiling"; undefined while nothing moves. */
export function speedLine(
  { itemsPerSecond, bytesPerSecond, ceiling, ceilingShare }: SpeedView,
  { t, rate, bytes, percent }: Locale,
): string | undefined {
  if (itemsPerSecond <= 0) return undefined;
  const share = ceiling === null || ceilingShare === null ? [] : [t.speed.ceilings[ceiling](percent(ceilingShare, 1))];
  return [t.speed.mails(rate(itemsPerSecond)), `${bytes(bytesPerSecond)}/s`, ...share].join(' · ');
}

/** "2 h (90%: 3 h)": half of all outcomes, and nine of ten; undefined while nothing is known. */
export function etaText({ etaSeconds, etaP90Seconds }: SpeedView, { t, duration }: Locale): string | undefined {
  if (etaSeconds === null) return undefined;
  const [half, most] = [duration(etaSeconds), duration(etaP90Seconds ?? etaSeconds)];
  return half === most ? half : t.speed.eta(half, most);
}

/**
 * "Exchange's limits 64% of the time · source 22%": the largest first. Of one user, waiting for a slot is one of them; of
 * many, most wait most of the time, so that their number says more.
 */
export function heldBackLine(
  { lostSeconds, movingSeconds }: SpeedView,
  waitingUsers: number | undefined,
  { t, percent }: Locale,
): string | undefined {
  const causes = CAUSES.filter((cause) => waitingUsers === undefined || cause !== 'slot');
  const all = causes.reduce((sum, cause) => sum + lostSeconds[cause], movingSeconds);
  const held = causes
    .filter((cause) => all > 0 && lostSeconds[cause] >= all * NOTICED)
    .toSorted((a, b) => lostSeconds[b] - lostSeconds[a])
    .map((cause, at) => {
      const share = percent(lostSeconds[cause], all);
      return `${t.speed.causes[cause]} ${at === 0 ? t.speed.ofTheTime(share) : share}`;
    });
  const waiting = waitingUsers === undefined || waitingUsers === 0 ? [] : [t.speed.waiting(waitingUsers)];
  const parts = [...held, ...waiting];
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** All batches together; nothing while nothing moves. */
export function fleetSection(view: SpeedView, waitingUsers: number, locale: Locale): CardElement | undefined {
  const { t } = locale;
  const rate = speedLine(view, locale);
  if (rate === undefined) return undefined;
  const rows = [
    [t.batch.rate, rate],
    [t.speed.left, etaText(view, locale)],
    [t.speed.heldBack, heldBackLine(view, waitingUsers, locale)],
  ] as const;
  return section(t.batch.pace, facts(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))));
}
