import { requireBatch } from './batches.ts';
import { lookSoon } from './cutover-check.ts';
import type { Actor } from './domain/actor.ts';
import {
  CUTOVER_TRANSITIONS,
  type Cutover,
  STEP_NAMES,
  currentStep,
  firstSwitchedAt,
  goBack,
} from './domain/cutover.ts';
import { dnsName } from './domain/dns-records.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import { nextState } from './domain/transitions.ts';
import type { World } from './ports.ts';

/** The old server stays watched this long after the switch: Microsoft says 72 hours at least. */
const DEFAULT_SETTLE = 72 * 60 * 60_000;
/** A worker has this long to look at the evidence somebody waits for, in ms. */
const PATIENCE = 12_000;
const LOOK_EVERY = 100;
/** Every name server of every domain is asked at each look; more than this belong into several batches. */
const MOST_DOMAINS = 20;

export interface CutoverSettings {
  readonly batch: BatchName;
  readonly domain?: string | undefined;
  /** ms */
  readonly settle?: number | undefined;
}

/** Begins the cutover of a batch; nothing outside changes by it. Throws UnknownBatch, CutoverDomain, CutoverRunning. */
export async function startCutover(world: World, { batch, domain, settle }: CutoverSettings, by: Actor): Promise<void> {
  await requireBatch(world, batch);
  const domains = await domainsToSwitch(world, batch, domain);
  const now = world.clock.now();
  const cutover: Cutover = {
    batch,
    domain: domains.join(', '),
    ...(domains.length === 1 ? {} : { domains }),
    settle: settle ?? DEFAULT_SETTLE,
    startedBy: by.name,
    startedAt: now,
    state: 'verify-domain',
    since: now,
    history: [],
    late: [],
    lateCount: 0,
    users: 0,
    checks: [],
    answered: [],
  };
  await world.store.addCutover(cutover, [{ type: 'CutoverStarted', batch, domain: cutover.domain }], by);
  await lookSoon(world, batch);
}

// Every domain of the batch' users, or those that are said: each has an MX of its own, and evidence of its own.
async function domainsToSwitch(world: World, batch: BatchName, said: string | undefined): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const { address } of world.store.users(batch)) found.add(address.slice(address.lastIndexOf('@') + 1));
  const wanted = said === undefined ? [...found].sort() : [...new Set(said.split(',').map(dnsName))];
  if (wanted.length > 0 && wanted.length <= MOST_DOMAINS && wanted.every((each) => found.has(each))) return wanted;
  throw new MigrationError('CutoverDomain', { batch, domains: [...found].slice(0, 5).join(', ') || 'none' });
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
      throw new MigrationError(cutover.trouble.code, {
        batch,
        domain: cutover.domain,
        detail: cutover.trouble.message,
      });
    return cutover;
  }
  throw new MigrationError('CutoverUnchecked', { batch });
}

/**
 * Refuses to complete a batch past its cutover: what arrives later would stay behind, and the passwords for it would be
 * gone. Throws CutoverFirst.
 */
export async function refuseDuringCutover(world: World, batch: BatchName): Promise<void> {
  const cutover = await world.store.cutover(batch);
  const step = cutover === undefined ? undefined : currentStep(cutover);
  const isBefore = step !== undefined && STEP_NAMES.indexOf(step) < STEP_NAMES.indexOf('complete');
  if (isBefore || (step === 'complete' && cutover?.goAhead === undefined))
    throw new MigrationError('CutoverFirst', { batch, step: step ?? '' });
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
  const cutover = await requireCutover(world, batch);
  const { state, goAhead } = cutover;
  const isFirst = state === 'verify-domain';
  const isBehind = !isFirst && nextState(CUTOVER_TRANSITIONS, state, 'back') === undefined;
  if (isBehind || (goAhead !== undefined && firstSwitchedAt(cutover) !== undefined))
    throw new MigrationError('CutoverNoWayBack', { batch, step: state });
  await world.store.removeCutover(batch, [{ type: 'CutoverCancelled', batch, reason }], by);
}
