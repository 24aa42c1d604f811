import { createHash } from 'node:crypto';
import type { Actor } from './actor.ts';
import type { CutoverStep } from './cutover.ts';
import type { Check } from './evidence.ts';
import type { BatchName } from './ids.ts';

/** What would be done, as it was when the question was asked: approvals bind to this and to nothing else. */
export interface ApprovalPlan {
  /** The command in words, as it will be carried out. */
  readonly text: string;
  readonly title: string;
  readonly count: number;
  readonly of: 'users' | 'messages';
  readonly sample: readonly string[];
  /** The batch it belongs to, where it belongs to one. */
  readonly batch?: BatchName;
  /** The step of a cutover it is about, and what was found: who agrees, agrees to that. */
  readonly cutover?: CutoverPlan;
}

export interface CutoverPlan {
  readonly step: CutoverStep;
  readonly domain: string;
  readonly asks: 'go-ahead' | 'waive';
  readonly checks: readonly Check[];
  /** Hash of what was found. */
  readonly evidence: string;
}

export type ApprovalState = 'open' | 'approved' | 'done' | 'rejected' | 'expired' | 'void';

export interface ApprovalDecision {
  readonly by: Actor;
  /** ms since 1970, UTC */
  readonly at: number;
  readonly verdict: 'approved' | 'rejected';
  readonly reason?: string;
  /** One named person decided alone, in an emergency: nobody else is waited for. */
  readonly breakGlass?: true;
  /** Who agreed lost the role before the last one did: it stays to be seen, and does not count. */
  readonly withdrawn?: true;
}

/** A question to other people, and what they answered. Times in ms since 1970, UTC. */
export interface Approval {
  readonly id: string;
  readonly plan: ApprovalPlan;
  /** SHA-256 of the plan: when it drifts, the approval is void. */
  readonly planHash: string;
  readonly requestedBy: Actor;
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** Distinct people who have to agree. */
  readonly needed: number;
  readonly decisions: readonly ApprovalDecision[];
  readonly state: ApprovalState;
  /** From when on those who can answer are reminded, and when everybody who can is told; absent in older questions. */
  readonly remindAt?: number;
  readonly escalateAt?: number;
  /** When that was done. */
  readonly remindedAt?: number;
  readonly escalatedAt?: number;
  /** Bellhop asked by itself: nobody sees the answer to a command of theirs. */
  readonly unasked?: true;
  /** Somebody carries it out since: a second click meanwhile does nothing. */
  readonly applyingAt?: number;
  /** The approval that took the place of this one when its plan had changed. */
  readonly replacedBy?: string;
}

/** Why a decision does not count. */
export type ApprovalRefusal =
  | { readonly refused: 'own' }
  | { readonly refused: 'twice' }
  | { readonly refused: 'over'; readonly state: ApprovalState };

/** A click that is carried out is given this long before another one may take over, in ms. */
const APPLYING = 60_000;

/** The state now: an open question that nobody answered in time is over. */
export function stateOf(approval: Approval, now: number): ApprovalState {
  return approval.state === 'open' && now >= approval.expiresAt ? 'expired' : approval.state;
}

/**
 * The approval after a decision: `apply` says that this very decision completed it. The requester never counts, nobody
 * counts twice, one rejection ends it. An approval that was completed but not carried out (its process died) is carried
 * out by the next click. Whoever breaks the glass decides alone, also what they asked for themselves or agreed to before.
 */
export function decide(
  approval: Approval,
  decision: ApprovalDecision,
): { readonly to: Approval; readonly apply: boolean } | ApprovalRefusal {
  const { by, at, verdict, breakGlass = false } = decision;
  const state = stateOf(approval, at);
  if (approval.requestedBy.id === by.id && !breakGlass) return { refused: 'own' };
  if (state === 'approved' && verdict === 'approved' && at - (approval.applyingAt ?? 0) >= APPLYING)
    return { to: { ...approval, applyingAt: at }, apply: true };
  if (state !== 'open') return { refused: 'over', state };
  const counted = approval.decisions.filter(({ withdrawn }) => withdrawn !== true);
  if (counted.some((each) => each.by.id === by.id) && !breakGlass) return { refused: 'twice' };
  const decisions = [...approval.decisions, decision];
  if (verdict === 'rejected') return { to: { ...approval, decisions, state: 'rejected' }, apply: false };
  if (counted.length + 1 < approval.needed && !breakGlass) return { to: { ...approval, decisions }, apply: false };
  return { to: { ...approval, decisions, state: 'approved', applyingAt: at }, apply: true };
}

/** The approval without the word of people who lost the role since; undefined when nobody of them had spoken. */
export function withdraw(approval: Approval, people: ReadonlySet<string>): Approval | undefined {
  const isTheirs = ({ by, withdrawn, verdict }: ApprovalDecision): boolean =>
    withdrawn !== true && verdict === 'approved' && people.has(by.id);
  if (approval.state !== 'open' || !approval.decisions.some(isTheirs)) return undefined;
  const decisions = approval.decisions.map((each) => (isTheirs(each) ? { ...each, withdrawn: true as const } : each));
  return { ...approval, decisions };
}

/** How often the glass may be broken in a day: an emergency is no way of working. */
export const MOST_BROKEN = 3;
const DAY = 86_400_000;

/** The decision of whoever broke the glass; undefined when nobody did. */
export function glassOf({ decisions }: Pick<Approval, 'decisions'>): ApprovalDecision | undefined {
  return decisions.find(({ breakGlass }) => breakGlass === true);
}

/** Whether the glass was broken as often as it may be in a day. What came to nothing does not count. */
export function isGlassSpent(approvals: readonly Approval[], now: number, timeScale: number): boolean {
  const counted = approvals.filter((each) => {
    const glass = glassOf(each);
    return glass !== undefined && each.state !== 'void' && now - glass.at < DAY / timeScale;
  });
  return counted.length >= MOST_BROKEN;
}

/** What every event of an approval says: which plan, and of which batch. */
export function approvalFacts({ id, plan: { batch }, planHash }: Pick<Approval, 'id' | 'plan' | 'planHash'>) {
  return { approval: id, planHash, ...(batch === undefined ? {} : { batch }) };
}

/** The hash a decision binds to. Samples are for recognition; what counts is what is done, and to how many. */
export function hashOf({ text, count, of, cutover }: ApprovalPlan): string {
  return createHash('sha256')
    .update(JSON.stringify([text, count, of, ...(cutover === undefined ? [] : [cutover.evidence])]))
    .digest('hex');
}
