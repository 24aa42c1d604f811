import type { BatchView } from '../engine/views.ts';
import { type CardElement, facts, section } from './elements.ts';
import type { Locale } from './locale.ts';

/** What will happen to a batch by itself, with its time, and how it stands beside others. */
export function aheadSection(
  { completionDateTime, completionAgreed, expirationDateTime, priority, asOf }: BatchView,
  { t, clock }: Locale,
): CardElement | undefined {
  const rows: (readonly [string, string])[] = [];
  if (completionDateTime !== null) {
    const at = clock(completionDateTime, asOf);
    // Its time is past: it waits for syncs, or for a cutover.
    const isLate = Date.parse(completionDateTime) <= Date.parse(asOf);
    rows.push([t.ahead.completes, completionAgreed ? (isLate ? t.ahead.late(at) : at) : t.ahead.notAgreed(at)]);
  }
  if (expirationDateTime !== null) rows.push([t.ahead.forgets, clock(expirationDateTime, asOf)]);
  if (priority !== 'normal') rows.push([t.ahead.priority, t.ahead.priorities[priority]]);
  return rows.length === 0 ? undefined : section(t.ahead.title, facts(rows));
}
