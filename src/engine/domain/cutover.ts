import type { Actor } from './actor.ts';
import type { BatchName, UserAddress } from './ids.ts';
import type { Failure } from './failure.ts';
import { type Check, type CheckName, allPassed, evidenceHash } from './evidence.ts';
import type { MxMemory } from './mx-memory.ts';
import { type TransitionTable, nextState } from './transitions.ts';

/** The steps from "everything is copied" to "the old server is gone", in this order. */
export type CutoverStep =
  | 'verify-domain'
  | 'initial-sync-complete'
  | 'mx-ttl-lowered'
  | 'converge'
  | 'people-informed'
  | 'mx-switched'
  | 'old-mx-gone'
  | 'final-sync'
  | 'reconcile'
  | 'complete'
  | 'source-may-go'
  | 'source-dismantled';

/** Where a cutover stands: at a step, or behind the last one. */
export type CutoverState = CutoverStep | 'finished';

/** `pass`: the evidence is there, or a person said so. `waive`: two people do without it. `back`: one step back, and rest there. */
export type CutoverAction = 'pass' | 'waive' | 'back';

/** No step is left out: what is not in this table is refused. Behind the switch of the MX there is no way back. */
export const CUTOVER_TRANSITIONS: TransitionTable<CutoverState, CutoverAction> = {
  'verify-domain': { pass: 'initial-sync-complete' },
  'initial-sync-complete': { pass: 'mx-ttl-lowered', waive: 'mx-ttl-lowered', back: 'verify-domain' },
  'mx-ttl-lowered': { pass: 'converge', waive: 'converge', back: 'initial-sync-complete' },
  converge: { pass: 'people-informed', waive: 'people-informed', back: 'mx-ttl-lowered' },
  'people-informed': { pass: 'mx-switched', waive: 'mx-switched', back: 'converge' },
  'mx-switched': { pass: 'old-mx-gone', back: 'people-informed' },
  'old-mx-gone': { pass: 'final-sync', waive: 'final-sync' },
  'final-sync': { pass: 'reconcile', waive: 'reconcile' },
  reconcile: { pass: 'complete', waive: 'complete' },
  complete: { pass: 'source-may-go' },
  'source-may-go': { pass: 'source-dismantled' },
  'source-dismantled': { pass: 'finished', waive: 'finished' },
  finished: {},
};

interface StepRow {
  /** What moves it on: evidence alone, a person's word, or the go-ahead of other people and then the evidence. */
  readonly by: 'evidence' | 'word' | 'go-ahead';
  /** Looked at before a person's word or go-ahead counts. */
  readonly before: readonly CheckName[];
  /** What proves that it is done; without any, the word or the go-ahead is enough. */
  readonly proof: readonly CheckName[];
}

const DNS_HYGIENE = ['spf', 'dkim', 'dmarc', 'autodiscover'] as const;

export const CUTOVER_STEPS: Readonly<Record<CutoverStep, StepRow>> = {
  'verify-domain': { by: 'evidence', before: [], proof: ['domain-verified', 'mx-host'] },
  'initial-sync-complete': { by: 'evidence', before: [], proof: ['users-synced'] },
  'mx-ttl-lowered': { by: 'evidence', before: [], proof: ['mx-ttl', 'mx-ttl-waited'] },
  converge: { by: 'evidence', before: [], proof: ['users-converged'] },
  'people-informed': { by: 'word', before: ['users-synced', 'staged-users'], proof: [] },
  'mx-switched': {
    by: 'go-ahead',
    before: ['domain-verified', 'mx-host', 'users-synced', 'mx-ttl', 'staged-users', ...DNS_HYGIENE],
    proof: ['mx-switched', 'mx-host', ...DNS_HYGIENE],
  },
  'old-mx-gone': { by: 'evidence', before: [], proof: ['mx-switched', 'mx-old-gone', 'mx-waited', ...DNS_HYGIENE] },
  'final-sync': { by: 'evidence', before: [], proof: ['mx-switched', 'final-sync-empty'] },
  reconcile: { by: 'evidence', before: [], proof: ['verified-equal', 'source-silent'] },
  complete: {
    by: 'go-ahead',
    before: ['mx-switched', 'mx-old-gone', 'final-sync-empty', 'verified-equal', 'source-silent'],
    proof: ['batch-completed', 'passwords-forgotten'],
  },
  'source-may-go': {
    by: 'go-ahead',
    before: ['mx-switched', 'mx-old-gone', 'batch-completed', 'passwords-forgotten', 'source-silent'],
    proof: [],
  },
  'source-dismantled': { by: 'word', before: ['mx-old-gone', 'source-unreachable'], proof: [] },
};

export const STEP_NAMES = Object.keys(CUTOVER_STEPS) as readonly CutoverStep[];

/** How a step ended, who said so, and what was found then. Times in ms since 1970, UTC. */
export interface CutoverEntry {
  readonly step: CutoverStep;
  readonly how: 'passed' | 'confirmed' | 'waived' | 'went-back';
  readonly at: number;
  /** Name shown to people; absent when the evidence alone decided. */
  readonly by?: string;
  readonly reason?: string;
  /** Hash of what was found. */
  readonly evidence: string;
  /** Hash of what other people had agreed to. */
  readonly agreed?: string;
}

/** A message that still came to the old server after the switch. */
export interface LateMail {
  readonly user: UserAddress;
  readonly folder: string;
  readonly uid: number;
  /** INTERNALDATE. */
  readonly at: number;
  readonly from?: string;
  /** Hosts it came by, the last one first, as its Received fields name them. */
  readonly hosts: readonly string[];
}

/** Users of the same domains who are in other batches and not moved yet. */
export interface StagedUsers {
  readonly count: number;
  readonly batches: readonly string[];
  readonly sample: readonly UserAddress[];
}

/** The cutover of a batch and of the domains its users are in, one step at a time. */
export interface Cutover {
  readonly batch: BatchName;
  /** As people read it; several with commas. */
  readonly domain: string;
  /** Absent for one. */
  readonly domains?: readonly string[];
  /** ms the old host stays watched after the switch and the TTL. */
  readonly settle: number;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly state: CutoverState;
  /** When this step began. */
  readonly since: number;
  readonly paused?: { readonly by: string; readonly at: number; readonly reason?: string };
  /** Other people agreed to this step: now its proof is waited for. */
  readonly goAhead?: { readonly by: Actor; readonly at: number; readonly evidence: string };
  readonly history: readonly CutoverEntry[];
  readonly mx?: MxMemory;
  /** Of each domain, where there are several: `mx` is then all of them together. */
  readonly mxOf?: Readonly<Record<string, MxMemory>>;
  /** The comparison this cutover waits for. */
  readonly verify?: { readonly request: string; readonly at: number };
  readonly late: readonly LateMail[];
  /** Messages that came late, also those no longer listed. */
  readonly lateCount: number;
  /** Up to when late mail was looked for. */
  readonly lateReadAt?: number;
  /** Users of the batch at the latest look. */
  readonly users: number;
  /** What the latest look found. */
  readonly checks: readonly Check[];
  readonly checkedAt?: number;
  /** Why the latest look found nothing out. */
  readonly trouble?: Failure;
  /** Questions the latest looks answered. */
  readonly answered: readonly string[];
}

/** The domains whose mail is switched. */
export function domainsOf({ domain, domains }: Pick<Cutover, 'domain' | 'domains'>): readonly string[] {
  return domains ?? [domain];
}

/** Since when mail of a user's domain goes to the target; undefined while it does not. */
export function switchedAtOf({ mx, mxOf }: Pick<Cutover, 'mx' | 'mxOf'>, user: UserAddress): number | undefined {
  const own = mxOf?.[user.slice(user.lastIndexOf('@') + 1)];
  return own === undefined ? mx?.switchedAt : own.switchedAt;
}

/** Since when mail of the first domain goes to the target. */
export function firstSwitchedAt({ mx, mxOf }: Pick<Cutover, 'mx' | 'mxOf'>): number | undefined {
  const all = [...Object.values(mxOf ?? {}), ...(mx === undefined ? [] : [mx])].flatMap(
    (each) => each.switchedAt ?? [],
  );
  return all.length === 0 ? undefined : Math.min(...all);
}

/** The step a cutover stands at; undefined behind the last one. */
export function currentStep({ state }: Pick<Cutover, 'state'>): CutoverStep | undefined {
  return state === 'finished' ? undefined : state;
}

/** Whether a person, or several, have to say something before the step's proof is waited for. */
export function waitsForPeople({ state, goAhead }: Pick<Cutover, 'state' | 'goAhead'>): boolean {
  if (state === 'finished') return false;
  const { by } = CUTOVER_STEPS[state];
  return by === 'word' || (by === 'go-ahead' && goAhead === undefined);
}

/** What has to be looked at now. */
export function checksNeeded(cutover: Pick<Cutover, 'state' | 'goAhead'>): readonly CheckName[] {
  const step = currentStep(cutover);
  if (step === undefined) return [];
  return waitsForPeople(cutover) ? CUTOVER_STEPS[step].before : CUTOVER_STEPS[step].proof;
}

/**
 * What stands in the way of nothing any more: the checks of steps that were waived. A check belongs to the first step
 * that proves something by it.
 */
export function waivedChecks({ history }: Pick<Cutover, 'history'>): ReadonlySet<CheckName> {
  const waived = STEP_NAMES.filter((step) => lastEntry(history, step)?.how === 'waived');
  const owner = (name: CheckName): CutoverStep | undefined =>
    STEP_NAMES.find((step) => CUTOVER_STEPS[step].proof.includes(name));
  const names = waived.flatMap((step) => CUTOVER_STEPS[step].proof.filter((name) => owner(name) === step));
  return new Set(names);
}

/** How a step ended the last time; undefined when it did not, or was gone back behind. */
export function lastEntry(history: readonly CutoverEntry[], step: CutoverStep): CutoverEntry | undefined {
  const entry = history.findLast((each) => each.step === step || reopens(each, step));
  return entry?.how === 'went-back' ? undefined : entry;
}

// Going back from a step reopens the one before it, too.
function reopens({ how, step }: CutoverEntry, other: CutoverStep): boolean {
  return how === 'went-back' && nextState(CUTOVER_TRANSITIONS, step, 'back') === other;
}

/** Why a cutover does not move. */
export type CutoverRefusal = 'not-at-this-step' | 'paused' | 'not-proven' | 'not-possible' | 'waits-for-people';

/** The step is over: by its evidence, by a person's word, or without it. */
export function moveOn(
  cutover: Cutover,
  how: 'passed' | 'confirmed' | 'waived',
  at: number,
  said: { readonly by?: string; readonly reason?: string } = {},
): Cutover | CutoverRefusal {
  const step = currentStep(cutover);
  if (step === undefined) return 'not-at-this-step';
  if (cutover.paused !== undefined) return 'paused';
  if (how === 'passed' && waitsForPeople(cutover)) return 'waits-for-people';
  if (how === 'confirmed' && CUTOVER_STEPS[step].by !== 'word') return 'not-possible';
  if (how !== 'waived' && checksNeeded(cutover).length > 0 && !allPassed(cutover.checks)) return 'not-proven';
  const state = nextState(CUTOVER_TRANSITIONS, step, how === 'waived' ? 'waive' : 'pass');
  if (state === undefined) return 'not-possible';
  const { goAhead: agreed } = cutover;
  const entry: CutoverEntry = {
    ...{ step, how, at },
    ...(agreed === undefined ? said : { by: agreed.by.name, agreed: agreed.evidence }),
    evidence: evidenceHash(cutover.checks),
  };
  return { ...withoutPhase(cutover), state, since: at, history: [...cutover.history, entry] };
}

/** One step back, to rest there until somebody says "continue". */
export function goBack(
  cutover: Cutover,
  at: number,
  said: { readonly by: string; readonly reason?: string },
): Cutover | CutoverRefusal {
  const step = currentStep(cutover);
  const state = nextState(CUTOVER_TRANSITIONS, cutover.state, 'back');
  // Mail that arrived in the target already is there to stay.
  if (step === undefined || state === undefined || firstSwitchedAt(cutover) !== undefined) return 'not-possible';
  const entry: CutoverEntry = { step, how: 'went-back', at, ...said, evidence: evidenceHash(cutover.checks) };
  return { ...withoutPhase(cutover), state, since: at, paused: { ...said, at }, history: [...cutover.history, entry] };
}

/** Other people agreed to the step. */
export function goAhead(cutover: Cutover, by: Actor, at: number): Cutover | CutoverRefusal {
  const step = currentStep(cutover);
  if (step === undefined || CUTOVER_STEPS[step].by !== 'go-ahead') return 'not-possible';
  if (cutover.paused !== undefined) return 'paused';
  if (cutover.goAhead !== undefined) return cutover;
  if (!allPassed(cutover.checks)) return 'not-proven';
  const { checks, checkedAt: _checkedAt, ...rest } = cutover;
  return { ...rest, checks: [], goAhead: { by, at, evidence: evidenceHash(checks) } };
}

// What belongs to one step does not outlive it.
function withoutPhase({ goAhead: _goAhead, checkedAt: _checkedAt, ...rest }: Cutover): Cutover {
  return { ...rest, checks: [] };
}

/** What a look found, put in its place; the step is over when that proves it. `seen` is what the look was based on. */
export function settle(current: Cutover, seen: Cutover, found: Findings, now: number): Cutover | undefined {
  if (current.state !== seen.state || current.since !== seen.since || current.goAhead?.at !== seen.goAhead?.at)
    return undefined;
  const waived = waivedChecks(current);
  const checks = found.checks.map((check) => (waived.has(check.name) ? { ...check, required: false } : check));
  const { trouble: _trouble, ...rest } = current;
  const looked: Cutover = {
    ...rest,
    users: found.users,
    checks,
    checkedAt: now,
    ...(found.mx === undefined ? {} : { mx: found.mx }),
    ...(found.mxOf === undefined ? {} : { mxOf: found.mxOf }),
    answered: [...current.answered, ...found.answers].slice(-MOST_ANSWERED),
  };
  const next = moveOn(looked, 'passed', now);
  return typeof next === 'string' ? looked : next;
}

const MOST_ANSWERED = 20;

export interface Findings {
  readonly users: number;
  readonly checks: readonly Check[];
  readonly mx?: MxMemory | undefined;
  readonly mxOf?: Readonly<Record<string, MxMemory>> | undefined;
  /** Requests this look answers. */
  readonly answers: readonly string[];
}
