import { requireCutover } from './cutover.ts';
import {
  CUTOVER_STEPS,
  CUTOVER_TRANSITIONS,
  type Cutover,
  type CutoverStep,
  STEP_NAMES,
  currentStep,
  firstSwitchedAt,
  lastEntry,
  waitsForPeople,
} from './domain/cutover.ts';
import { oldHostForgottenAt, shortTtlKnownAt } from './domain/mx-memory.ts';
import { stateOf } from './domain/approval.ts';
import { allPassed } from './domain/evidence.ts';
import type { BatchName } from './domain/ids.ts';
import { supportedActions } from './domain/transitions.ts';
import type { World } from './ports.ts';
import type { CutoverActionName, CutoverStatus, CutoverView } from './views.ts';

/** Where a cutover stands, as people and programs see it. Throws CutoverUnknown. */
export async function cutoverView(world: World, batch: BatchName): Promise<CutoverView> {
  const cutover = await requireCutover(world, batch);
  const step = currentStep(cutover);
  return {
    identity: batch,
    domain: cutover.domain,
    state: cutover.state,
    status: statusOf(cutover),
    stepNumber: step === undefined ? STEP_NAMES.length : STEP_NAMES.indexOf(step) + 1,
    stepCount: STEP_NAMES.length,
    users: cutover.users,
    startedBy: cutover.startedBy,
    startDateTime: iso(cutover.startedAt),
    since: iso(cutover.since),
    paused:
      cutover.paused === undefined
        ? null
        : { ...cutover.paused, at: iso(cutover.paused.at), reason: cutover.paused.reason ?? null },
    goAhead: cutover.goAhead === undefined ? null : { by: cutover.goAhead.by.name, at: iso(cutover.goAhead.at) },
    approval: step === undefined ? null : await openQuestion(world, batch, step),
    steps: STEP_NAMES.map((name) => stepView(cutover, name)),
    checks: cutover.checks,
    proven: allPassed(cutover.checks),
    checkedDateTime: cutover.checkedAt === undefined ? null : iso(cutover.checkedAt),
    trouble: cutover.trouble ?? null,
    waitsUntil: waitsUntil(cutover, world.settings.timeScale),
    supportedActions: actionsOf(cutover),
    late: {
      count: cutover.lateCount,
      messages: cutover.late
        .toReversed()
        .map(({ at, from, ...each }) => ({ ...each, at: iso(at), from: from ?? null })),
    },
    asOf: iso(world.clock.now()),
  };
}

function statusOf(cutover: Cutover): CutoverStatus {
  const step = currentStep(cutover);
  if (step === undefined) return 'finished';
  if (cutover.paused !== undefined) return 'paused';
  if (cutover.trouble !== undefined) return 'troubled';
  if (waitsForPeople(cutover))
    return cutover.checks.length > 0 && !allPassed(cutover.checks) ? 'not-ready' : 'needs-people';
  return step === 'mx-ttl-lowered' || step === 'mx-switched' || step === 'old-mx-gone' ? 'needs-dns' : 'working';
}

async function openQuestion(world: World, batch: BatchName, step: CutoverStep): Promise<string | null> {
  const now = world.clock.now();
  const open = (await world.store.approvals()).find(
    ({ plan, ...each }) =>
      plan.batch === batch && plan.cutover?.step === step && stateOf({ plan, ...each }, now) === 'open',
  );
  return open?.id ?? null;
}

function stepView(cutover: Cutover, step: CutoverStep): CutoverView['steps'][number] {
  const { by } = CUTOVER_STEPS[step];
  const isCurrent = cutover.state === step;
  const entry = isCurrent ? undefined : lastEntry(cutover.history, step);
  if (entry === undefined)
    return { step, by, state: isCurrent ? 'current' : 'ahead', at: null, who: null, reason: null, evidence: null };
  const { at, by: who = null, reason = null, evidence } = entry;
  return { step, by, state: entry.how === 'waived' ? 'waived' : 'done', at: iso(at), who, reason, evidence };
}

// What is waited for by the clock alone, where it is.
function waitsUntil({ state, mx, settle }: Cutover, timeScale: number): string | null {
  if (mx === undefined) return null;
  const forgotten = oldHostForgottenAt(mx, timeScale);
  if (state === 'mx-ttl-lowered') return isoOrNull(shortTtlKnownAt(mx, timeScale));
  if (state === 'old-mx-gone') return isoOrNull(forgotten === undefined ? undefined : forgotten + settle / timeScale);
  return null;
}

function actionsOf(cutover: Cutover): readonly CutoverActionName[] {
  const step = currentStep(cutover);
  if (step === undefined) return [];
  const allowed = supportedActions(CUTOVER_TRANSITIONS, step);
  const back: readonly CutoverActionName[] =
    firstSwitchedAt(cutover) !== undefined && cutover.goAhead !== undefined
      ? []
      : allowed.includes('back')
        ? ['back', 'cancel']
        : step === 'verify-domain'
          ? ['cancel']
          : [];
  if (cutover.paused !== undefined) return ['continue', ...back];
  const { by } = CUTOVER_STEPS[step];
  const ask: readonly CutoverActionName[] = !waitsForPeople(cutover) ? [] : by === 'word' ? ['confirm'] : ['goAhead'];
  return [...ask, ...(allowed.includes('waive') ? (['waive'] as const) : []), 'pause', ...back];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : iso(at);
}
