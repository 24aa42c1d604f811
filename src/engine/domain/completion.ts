import type { Actor } from './actor.ts';
import type { MigrationBatch } from './migration-batch.ts';

/** A completion that was planned ahead. Times in ms since 1970, UTC. */
export interface PlannedCompletion {
  readonly at: number;
  /** Who planned it; others are asked on behalf of this person. */
  readonly by: Actor;
  /** How many users were agreed to, once that was. */
  readonly agreed?: number;
}

/** So long before its time others are asked, where they have to be (ms): as long as a question waits for its answer. */
const ASKED_BEFORE = 24 * 60 * 60 * 1000;

/** What has to be done about the planned completion of a batch now. */
export type CompletionStep = 'nothing' | 'ask' | 'complete';

/**
 * Asked ahead of its time, so that it runs when it is due. Who agreed, agreed to a number of users: with another one, others
 * are asked again. Nothing is completed without that, however late it gets.
 */
export function completionStep(
  { intent, completion }: Pick<MigrationBatch, 'intent' | 'completion'>,
  { users, approvals }: { readonly users: number; readonly approvals: number },
  now: number,
  timeScale = 1,
): CompletionStep {
  if (completion === undefined || intent !== 'Started' || users === 0) return 'nothing';
  const isAgreed = approvals === 0 || completion.agreed === users;
  if (!isAgreed) return now >= completion.at - ASKED_BEFORE / timeScale ? 'ask' : 'nothing';
  return now >= completion.at ? 'complete' : 'nothing';
}

/** The command that plans a completion, in the words others agree to: a time without a zone would mean another one elsewhere. */
export function completionWords(name: string, at: number): string {
  return `complete batch ${name} at=${new Date(at).toISOString().slice(0, 19)}Z`;
}
