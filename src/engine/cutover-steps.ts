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
  lastEntry,
  moveOn,
} from './domain/cutover.ts';
import { LACKING, allPassed, evidenceHash } from './domain/evidence.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import { nextState } from './domain/transitions.ts';
import { freshCutover, requireCutover } from './cutover.ts';
import { lookSoon } from './cutover-check.ts';
import type { World } from './ports.ts';

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

/**
 * Says why nobody is asked about a step: throws CutoverNotAtStep, CutoverPaused, CutoverNotProven, CutoverNotPossible, or
 * TryAgain when that changed meanwhile. A step that was agreed to already is no mistake.
 */
export async function refuseStep(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  asks: CutoverPlan['asks'],
): Promise<void> {
  const cutover = await requireCutover(world, batch);
  const agreed = asks === 'go-ahead' ? agreedEvidence(cutover, step) : waivedEvidence(cutover, step);
  if (agreed !== undefined) return;
  if (cutover.state !== step) throw new MigrationError('CutoverNotAtStep', { batch, step: cutover.state, asked: step });
  const now = world.clock.now();
  const nobody = { id: '', name: '' };
  const outcome = asks === 'go-ahead' ? goAhead(cutover, nobody, now) : moveOn(cutover, 'waived', now);
  if (typeof outcome !== 'string') throw new MigrationError('TryAgain');
  throw refused(cutover, outcome, asks === 'go-ahead' ? 'gone ahead with' : 'waived');
}

/**
 * A step that changes something goes ahead: now its proof is waited for. `evidence` is what other people agreed to; what is
 * another one by now is refused. Throws CutoverNotProven, TryAgain, ...
 */
export async function goAheadWithStep(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  by: Actor,
  evidence?: string,
): Promise<void> {
  const fresh = evidence === undefined ? await freshCutover(world, batch) : await requireCutover(world, batch);
  if (agreedEvidence(fresh, step) !== undefined) return;
  const after = await change(world, batch, step, by, 'gone ahead with', (cutover) => {
    refuseOther(cutover, evidence);
    const to = goAhead(cutover, by, world.clock.now());
    if (typeof to === 'string') return to;
    return { to, events: [{ type: 'CutoverWentAhead', batch, step, evidence: to.goAhead?.evidence ?? '' }] };
  });
  await lookSoon(world, after.batch);
}

// A look that ended between the question and now may have found something else: nobody agreed to that.
function refuseOther({ checks }: Cutover, evidence: string | undefined): void {
  if (evidence !== undefined && evidenceHash(checks) !== evidence) throw new MigrationError('TryAgain');
}

/** A person says that a step is done. Throws CutoverNotProven when the evidence says otherwise. */
export async function confirmStep(world: World, batch: BatchName, step: CutoverStep, by: Actor): Promise<void> {
  const fresh = await freshCutover(world, batch);
  if (lastEntry(fresh.history, step)?.how === 'confirmed') return;
  await moved(world, batch, step, by, 'confirmed');
}

/** Two people do without a step, with the evidence as it is. Only the step the cutover stands at. */
export async function waiveStep(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  { reason, evidence }: { readonly reason: string; readonly evidence: string },
  by: Actor,
): Promise<void> {
  if (waivedEvidence(await requireCutover(world, batch), step) !== undefined) return;
  await moved(world, batch, step, by, 'waived', { reason, evidence });
}

async function moved(
  world: World,
  batch: BatchName,
  step: CutoverStep,
  by: Actor,
  how: 'confirmed' | 'waived',
  agreed?: { readonly reason: string; readonly evidence: string },
): Promise<void> {
  const said = agreed === undefined ? {} : { reason: agreed.reason };
  await change(world, batch, step, by, how, (cutover) => {
    refuseOther(cutover, agreed?.evidence);
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
      const missing = checks.filter(({ passed, required }) => required && !passed).map(({ name }) => LACKING[name]);
      // Of several domains each may lack the same.
      const lacks = [...new Set(missing)].join('; ') || 'a look';
      return new MigrationError('CutoverNotProven', { batch, step, missing: lacks });
    }
    case 'not-at-this-step':
    case 'not-possible':
    case 'waits-for-people':
      return new MigrationError('CutoverNotPossible', { batch, step, action });
  }
}
