import { type Items, imbalance } from './items.ts';

/** Grades of Exchange Online's DataConsistencyScore. */
export type DataConsistencyScore = 'Perfect' | 'Good' | 'Investigate' | 'Poor';

/** One reason for a grade below Perfect; the grade is a function of these and of nothing else. */
export interface ScoreReason {
  /** `metadata`: a message arrived, a detail of it did not. `missing`: messages that are not in the target. `books`: numbers that do not add up. */
  readonly kind: 'metadata' | 'missing' | 'books';
  readonly count: number;
  readonly text: string;
}

const INVESTIGATE_SHARE = 0.001;
const INVESTIGATE_COUNT = 100;

/**
 * The published rule (docs/score.md). Perfect: no reason. Good: only metadata. Investigate: messages are missing, fewer than 100 and
 * under 0.1 % of the source. Poor: more, or books that do not balance.
 */
export function dataConsistencyScore(reasons: readonly ScoreReason[], source: number): DataConsistencyScore {
  if (reasons.length === 0) return 'Perfect';
  if (reasons.some((reason) => reason.kind === 'books')) return 'Poor';
  const missing = reasons.filter((reason) => reason.kind === 'missing').reduce((sum, reason) => sum + reason.count, 0);
  if (missing === 0) return 'Good';
  return missing < INVESTIGATE_COUNT && missing < source * INVESTIGATE_SHARE ? 'Investigate' : 'Poor';
}

/**
 * Reasons that follow from the books alone. What is pending while a sync brings it is on its way, and keeps the score from
 * Perfect; what is pending at rest is not in the target.
 */
export function reasonsFromItems(items: Items, atWork: boolean): readonly ScoreReason[] {
  const reasons: ScoreReason[] = [];
  if (items.skipped > 0) reasons.push({ kind: 'missing', count: items.skipped, text: 'skipped' });
  if (items.failed > 0)
    reasons.push({ kind: 'missing', count: items.failed, text: 'failed, tried again at the next sync' });
  if (items.pending > 0)
    reasons.push(
      atWork
        ? { kind: 'metadata', count: items.pending, text: 'on their way' }
        : { kind: 'missing', count: items.pending, text: 'not brought over yet' },
    );
  const difference = imbalance(items);
  if (difference !== 0) reasons.push({ kind: 'books', count: Math.abs(difference), text: 'not accounted for' });
  return reasons;
}

/** Folders that could not even be counted: nobody knows what is missing, so that the score must not say "nothing". */
export function reasonsFromFolders(uncounted: number): readonly ScoreReason[] {
  if (uncounted === 0) return [];
  return [{ kind: 'missing', count: uncounted, text: 'folders that cannot be opened: what is in them is not known' }];
}

const ORDER: readonly DataConsistencyScore[] = ['Perfect', 'Good', 'Investigate', 'Poor'];

/** A batch is as good as its worst user, as in Exchange Online. */
export function worstScore(scores: Iterable<DataConsistencyScore>): DataConsistencyScore {
  let worst = 0;
  for (const score of scores) worst = Math.max(worst, ORDER.indexOf(score));
  return ORDER[worst] ?? 'Perfect';
}
