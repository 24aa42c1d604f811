import type { DataConsistencyScore, ScoreReason } from '../engine/domain/score.ts';
import { type CardElement, type Tone, bold, fromOutside, markRow, section } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

export const SCORE_TONE: Readonly<Record<DataConsistencyScore, Tone>> = {
  Perfect: 'done',
  Good: 'done',
  Investigate: 'attention',
  Poor: 'failed',
};
const MOST_REASONS = 5;

/** The grade, never without its reasons. Nothing before the first complete sync: then there is nothing to grade. */
export function scoreSection(
  score: DataConsistencyScore | null,
  reasons: readonly ScoreReason[],
  { t, phrase }: Locale = ENGLISH,
): CardElement | undefined {
  if (score === null) return undefined;
  const listed = reasons
    .slice(0, MOST_REASONS)
    .map((reason) => markRow('plain', [bold(t.messages(reason.count)), ' · ', fromOutside(phrase(reason.text), 120)]));
  const none = reasons.length === 0 ? [markRow('plain', [t.score.perfect])] : [];
  const rest = reasons.length - MOST_REASONS;
  const more = rest > 0 ? [markRow('plain', [t.score.moreReasons(rest)])] : [];
  return section('DataConsistencyScore', markRow(SCORE_TONE[score], [bold(score)]), ...listed, ...none, ...more);
}
