import { requireBatch } from './batches.ts';
import { lookSoon } from './cutover-check.ts';
import type { Actor } from './domain/actor.ts';
import type { CutoverPlan } from './domain/approval.ts';
import {
  CUTOVER_STEPS,
  CUTOVER_TRANSITIONS,
  type Cutover,
  type CutoverRefusal,
  type CutoverStep,
  currentStep,
  goAhead,
  goBack,
  lastEntry,
  moveOn,
} from './domain/cutover.ts';
import { dnsName } from './domain/dns-records.ts';
import { allPassed, evidenceHash } from './domain/evidence.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import { nextState } from './domain/transitions.ts';
import type { World } from './ports.ts';

/** The old server stays watched this long after the switch: Microsoft says 72 hours at least. */
const DEFAULT_SETTLE = 72 * 60 * 60_000;
/** A worker has this long to look at the evidence somebody waits for, in ms. */
const PATIENCE = 12_000;
const LOOK_EVERY = 100;

export interface CutoverSettings {
  readonly batch: BatchName;
  readonly domain?: string | undefined;
  /** ms */
  readonly settle?: number | undefined;
}

/** Begins the cutover of a batch; nothing outside changes by it. Throws UnknownBatch, CutoverDomain, CutoverRunning. */
export async function startCutover(world: World, { batch, domain, settle }: CutoverSettings, by: Actor): Promise<void> {
  await requireBatch(world, batch);
  const now = world.clock.now();
  const cutover: Cutover = {
    batch,
    domain: await domainOf(world, batch, domain),
    settle: settle ?? DEFAULT_SETTLE,
    startedBy: by.name,
    startedAt: now,
    state: 'verify-domain',
    since: now,
    history: [],
    late: [],
    lateCount: 0,
    checks: [],
    answered: [],
  };
  await world.store.addCutover(cutover, [{ type: 'CutoverStarted', batch, domain: cutover.domain }], by);
  await lookSoon(world, batch);
}

// An MX belongs to a domain, not to a batch: which one is said, or plain from the users.
async function domainOf(world: World, batch: BatchName, said: string | undefined): Promise<string> {
  const domains = new Set<string>();
  for await (const { address } of world.store.users(batch)) domains.add(address.slice(address.lastIndexOf('@') + 1));
  const [only] = domains;
  const wanted = said === undefined ? undefined : dnsName(said);
  if (wanted === undefined && only !== undefined && domains.size === 1) return only;
  if (wanted !== undefined && domains.has(wanted)) return wanted;
  throw new MigrationError('CutoverDomain', { batch, domains: [...domains].slice(0, 5).join(', ') || 'none' });
}

/** The cutover of a batch. Throws CutoverUnknown. */
export async function requireCutover(world: World, batch: BatchName): Promise<Cutover> {
  const cutover = await world.store.cutover(batch);
  if (cutover === undefined) throw new MigrationError('CutoverUnknown', { batch });
  return cutover;
}

/**
 * The cutover with evidence from after this call: a worker looks, this waits. Throws CutoverUnchecked when nobody did in
 * time, or what kept the worker from looking.
 */
export async function freshCutover(world: World, batch: BatchName): Promise<Cutover> {
  await requireCutover(world, batch);
  const request = world.newId();
  await world.jobs.add('check-cutover', { batch, request });
  for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
    await world.clock.sleep(LOOK_EVERY);
    const cutover = await requireCutover(world, batch);
    if (!cutover.answered.includes(request)) continue;
    if (cutover.trouble !== undefined)
      throw new MigrationError(cutover.trouble.code, { batch, detail: cutover.trouble.message });
    return cutover;
  }
  throw new MigrationError('CutoverUnchecked', { batch });
}

/**
 * The plan of a go-ahead or a waiver, by evidence from now; undefined when there is nothing to agree to:
 * the cutover is at another step, or the evidence is not there. A step that
 * was agreed to already answers with what was agreed to: whoever died in between may come again.
 */
export async function planStep(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  asks: CutoverPlan['asks'],
): Promise<CutoverPlan | undefined> {
  const { domain, ...now } = await freshCutover(world, batch);
  const agreed = asks === 'go-ahead' ? agreedEvidence(now, step) : waivedEvidence(now, step);
  if (agreed !== undefined && (await isBeingCarriedOut(world, batch, step, agreed)))
    return { step, domain, asks, checks: [], evidence: agreed };
  if (currentStep(now) !== step || now.paused !== undefined) return undefined;
  const { checks } = now;
  const isPossible =
    asks === 'waive'
      ? nextState(CUTOVER_TRANSITIONS, step, 'waive') !== undefined
      : CUTOVER_STEPS[step].by === 'go-ahead' && allPassed(checks);
  return isPossible ? { step, domain, asks, checks, evidence: evidenceHash(checks) } : undefined;
}

async function isBeingCarriedOut(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  evidence: string,
): Promise<boolean> {
  return (await world.store.approvals()).some(
    ({ state, plan }) =>
      state === 'approved' && plan.batch === batch && plan.cutover?.step === step && plan.cutover.evidence === evidence,
  );
}

function agreedEvidence(
  { state, goAhead, history }: Pick<Cutover, 'state' | 'goAhead' | 'history'>,
  step: CutoverStep,
): string | undefined {
  if (state === step) return goAhead?.evidence;
  return history.findLast((each) => each.step === step)?.agreed;
}

function waivedEvidence({ history }: Pick<Cutover, 'history'>, step: CutoverStep): string | undefined {
  const entry = lastEntry(history, step);
  return entry?.how === 'waived' ? entry.evidence : undefined;
}

/** Other people agreed to a step that changes something: now its proof is waited for. Throws CutoverNotProven, ... */
export async function goAheadWithStep(world: World, batch: BatchName, step: CutoverStep, by: Actor): Promise<void> {
  const fresh = await freshCutover(world, batch);
  if (agreedEvidence(fresh, step) !== undefined) return;
  const after = await change(world, batch, step, by, 'gone ahead with', (cutover) => {
    const to = goAhead(cutover, by, world.clock.now());
    if (typeof to === 'string') return to;
    return { to, events: [{ type: 'CutoverWentAhead', batch, step, evidence: to.goAhead?.evidence ?? '' }] };
  });
  await lookSoon(world, after.batch);
}

/** A person says that a step is done. Throws CutoverNotProven when the evidence says otherwise. */
export async function confirmStep(world: World, batch: BatchName, step: CutoverStep, by: Actor): Promise<void> {
  const fresh = await freshCutover(world, batch);
  if (lastEntry(fresh.history, step)?.how === 'confirmed') return;
  await moved(world, batch, step, by, 'confirmed');
}

/** Two people do without a step. Only the step the cutover stands at. */
export async function waiveStep(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  reason: string,
  by: Actor,
): Promise<void> {
  if (waivedEvidence(await requireCutover(world, batch), step) !== undefined) return;
  await moved(world, batch, step, by, 'waived', reason);
}

async function moved(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  by: Actor,
  how: 'confirmed' | 'waived',
  reason?: string,
): Promise<void> {
  const said = reason === undefined ? {} : { reason };
  await change(world, batch, step, by, how, (cutover) => {
    const to = moveOn(cutover, how, world.clock.now(), { by: by.name, ...said });
    if (typeof to === 'string') return to;
    const evidence = to.history.at(-1)?.evidence ?? '';
    return { to, events: [{ type: 'CutoverStepDone', batch, step, how, evidence, ...said }] };
  });
  await lookSoon(world, batch);
}

type Change = { readonly to: Cutover; readonly events: Parameters<World['store']['publish']>[0] };

// One compare-and-set: what was refused was refused by the state as it is.
async function change(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  by: Actor,
  action: string,
  decide: (cutover: Cutover) => Change | CutoverRefusal,
): Promise<Cutover> {
  return world.store.changeCutover(
    batch,
    (cutover) => {
      if (cutover.state !== step)
        throw new MigrationError('CutoverNotAtStep', { batch, step: cutover.state, asked: step });
      const outcome = decide(cutover);
      if (typeof outcome === 'string') throw refused(cutover, outcome, action);
      return outcome;
    },
    by,
  );
}

function refused(cutover: Cutover, refusal: CutoverRefusal, action: string): MigrationError {
  const { batch, state: step, checks } = cutover;
  switch (refusal) {
    case 'paused':
      return new MigrationError('CutoverPaused', { batch });
    case 'not-proven': {
      const missing = checks.filter(({ passed, required }) => required && !passed).map(({ name }) => name);
      return new MigrationError('CutoverNotProven', { batch, step, missing: missing.join(', ') || 'a look' });
    }
    case 'not-at-this-step':
    case 'not-possible':
    case 'waits-for-people':
      return new MigrationError('CutoverNotPossible', { batch, step, action });
  }
}

/** Nothing moves until somebody says "continue": no step, no sync of the cutover's own. Mail is watched on. */
export async function pauseCutover(
  world: World,
  batch: BatchName,
  reason: string | undefined,
  by: Actor,
): Promise<void> {
  const said = reason === undefined ? {} : { reason };
  await world.store.changeCutover(
    batch,
    (cutover) =>
      cutover.paused !== undefined || currentStep(cutover) === undefined
        ? undefined
        : {
            to: { ...cutover, paused: { by: by.name, at: world.clock.now(), ...said } },
            events: [{ type: 'CutoverPaused', batch, ...said }],
          },
    by,
  );
}

/** Goes on where it was paused. */
export async function continueCutover(world: World, batch: BatchName, by: Actor): Promise<void> {
  await world.store.changeCutover(
    batch,
    ({ paused, ...rest }) =>
      paused === undefined ? undefined : { to: rest, events: [{ type: 'CutoverContinued', batch }] },
    by,
  );
  await lookSoon(world, batch);
}

/** One step back, to rest there. Throws CutoverNoWayBack once mail goes to the target. */
export async function backCutover(
  world: World,
  batch: BatchName,
  reason: string | undefined,
  by: Actor,
): Promise<void> {
  const said = reason === undefined ? {} : { reason };
  await world.store.changeCutover(
    batch,
    (cutover) => {
      const step = currentStep(cutover);
      const to = goBack(cutover, world.clock.now(), { by: by.name, ...said });
      if (typeof to === 'string' || step === undefined)
        throw new MigrationError('CutoverNoWayBack', { batch, step: cutover.state });
      return { to, events: [{ type: 'CutoverWentBack', batch, step, ...said }] };
    },
    by,
  );
}

/** Forgets a cutover, so that another one can begin: as long as mail does not go to the target by it. Throws CutoverNoWayBack. */
export async function cancelCutover(world: World, batch: BatchName, reason: string, by: Actor): Promise<void> {
  const { mx, state, goAhead } = await requireCutover(world, batch);
  const isFirst = state === 'verify-domain';
  const isBehind = !isFirst && nextState(CUTOVER_TRANSITIONS, state, 'back') === undefined;
  if (isBehind || (goAhead !== undefined && mx?.switchedAt !== undefined))
    throw new MigrationError('CutoverNoWayBack', { batch, step: state });
  await world.store.removeCutover(batch, [{ type: 'CutoverCancelled', batch, reason }], by);
}
