import { createHash } from 'node:crypto';
import { actOnCutover } from './cutover-act.ts';
import { lookAtCutover } from './cutover-look.ts';
import {
  type Cutover,
  type CutoverStep,
  currentStep,
  firstSwitchedAt,
  lastEntry,
  settle,
  waitsForPeople,
} from './domain/cutover.ts';
import { isLateMailKnown } from './domain/cutover-evidence.ts';
import type { EventBody } from './domain/events.ts';
import { failure, toMigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import type { Jobs, World } from './ports.ts';

/** Time between two looks at a step, in ms: the DNS is asked gently, our own work is followed closely. */
const LOOK_EVERY = 5 * 60_000;
const FOLLOW_EVERY = 30_000;
const FOLLOWED: ReadonlySet<CutoverStep> = new Set(['converge', 'final-sync', 'reconcile', 'complete']);
/** Late mail is looked for from the switch on, while passwords are there. */
const LATE_EVERY = 5 * 60_000;

/** At every look of the scheduler: asks for a look at each cutover whose time has come. */
export async function watchCutovers(world: World): Promise<void> {
  for (const cutover of await world.store.cutovers()) {
    const step = currentStep(cutover);
    if (step === undefined) continue;
    if (isDue(world, cutover.checkedAt, FOLLOWED.has(step) && !waitsForPeople(cutover) ? FOLLOW_EVERY : LOOK_EVERY))
      await lookSoon(world, cutover.batch);
    if (isLateMailDue(world, cutover))
      await world.jobs.add('find-late-mail', { batch: cutover.batch }, { id: jobId('late', cutover.batch) });
  }
}

// Once everything is synced people want to know: that look is not put off.
function isLateMailDue(world: World, cutover: Cutover): boolean {
  const { goAhead, lateReadAt, history } = cutover;
  if (firstSwitchedAt(cutover) === undefined || goAhead !== undefined) return false;
  const isWanted = lastEntry(history, 'final-sync') !== undefined && !isLateMailKnown(cutover);
  return isWanted || isDue(world, lateReadAt, LATE_EVERY);
}

function isDue({ clock, settings }: World, last: number | undefined, every: number): boolean {
  return last === undefined || clock.now() - last >= every / settings.timeScale;
}

/** Has a worker look now, without waiting for it. Twenty calls are one look. */
export async function lookSoon(world: World, batch: BatchName): Promise<void> {
  await world.jobs.add('check-cutover', { batch, request: '' }, { id: jobId('cutover', batch) });
}

function jobId(what: string, batch: BatchName): string {
  return `${what}-${createHash('sha256').update(batch).digest('hex').slice(0, 32)}`;
}

/**
 * The job that moves a cutover on by its evidence: looks, acts, and passes every step that is proven, one after the
 * other. It may be killed anywhere and run twice at once: a step is passed by a compare-and-set of the state it was
 * looked at in.
 */
export async function runCheckCutover(world: World, job: Jobs['check-cutover'], signal: AbortSignal): Promise<void> {
  const answers = job.request === '' ? [] : [job.request];
  for (let more = true; more;) {
    signal.throwIfAborted();
    const seen = await world.store.cutover(job.batch);
    if (seen === undefined) return;
    more = await checkOnce(world, seen, answers, signal);
  }
}

// True when the step was passed: the next one is looked at right away.
async function checkOnce(
  world: World,
  seen: Cutover,
  answers: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const { batch } = seen;
  const users = await Array.fromAsync(world.store.users(batch));
  try {
    if (seen.paused === undefined) await actOnCutover(world, seen, users);
    const found = await lookAtCutover(world, seen, users, signal);
    const after = await world.store.changeCutover(batch, (current) => {
      const to = settle(current, seen, { ...found, answers }, world.clock.now());
      return to === undefined ? undefined : { to, events: passed(current, to) };
    });
    return after.state !== seen.state && currentStep(after) !== undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = toMigrationError(error);
    world.log.warn({ code, batch }, 'a cutover could not be looked at');
    const trouble = failure(code, { batch, domain: seen.domain, ...details });
    await world.store.changeCutover(batch, (current) => ({
      to: { ...current, trouble, checkedAt: world.clock.now(), answered: [...current.answered, ...answers].slice(-20) },
      events: [],
    }));
    return false;
  }
}

function passed(from: Cutover, to: Cutover): readonly EventBody[] {
  const entry = to.history.at(-1);
  if (to.history.length === from.history.length || entry === undefined) return [];
  const { step, evidence } = entry;
  return [{ type: 'CutoverStepDone', batch: to.batch, step, how: 'passed', evidence }];
}
