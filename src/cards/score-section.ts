import type { DataConsistencyScore, ScoreReason } from '../engine/domain/score.ts';
import { type CardElement, type Tone, bold, markRow, section } from './elements.ts';
import { plural } from './format.ts';

const SCORE_TONE: Readonly<Record<DataConsistencyScore, Tone>> = {
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
): CardElement | undefined {
  if (score === null) return undefined;
  const listed = reasons
    .slice(0, MOST_REASONS)
    .map((reason) => markRow('plain', [`${plural(reason.count, 'message')}: ${reason.text}`]));
  const none = reasons.length === 0 ? [markRow('plain', ['every message is in the target, with all its details'])] : [];
  const more =
    reasons.length > MOST_REASONS ? [markRow('plain', [`${reasons.length - MOST_REASONS} more reasons`])] : [];
  return section('DataConsistencyScore', markRow(SCORE_TONE[score], [bold(score)]), ...listed, ...none, ...more);
}
