import { requestApproval } from './approvals.ts';
import { requireBatch } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { stateOf } from './domain/approval.ts';
import { completionStep, completionWords } from './domain/completion.ts';
import { MigrationError, toMigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import { completeBatch } from './ending.ts';
import { refuseDuringCutover } from './cutover.ts';
import type { World } from './ports.ts';

const SAMPLE = 3;

/** Plans the completion of a batch. `agreed`: others agreed to so many users. */
export async function planCompletion(
  world: World,
  name: BatchName,
  at: number,
  by: Actor,
  agreed?: number,
): Promise<void> {
  await requireBatch(world, name);
  const completion = { at, by, ...(agreed === undefined ? {} : { agreed }) };
  await world.store.changeBatch(
    name,
    (batch) => {
      if (batch.intent !== 'Created' && batch.intent !== 'Started')
        throw new MigrationError('ActionNotPossible', {
          action: 'complete batch',
          name,
          status: batch.intent,
          allowed: 'Resume, Remove',
        });
      return { to: { ...batch, completion }, events: [{ type: 'CompletionPlanned', batch: name, completeAt: at }] };
    },
    by,
  );
}

/** Completes the batches whose time has come, and asks others ahead of it. What cannot be done yet is tried again at the next look. */
export async function completeDueBatches(world: World): Promise<void> {
  for (const batch of await world.store.batches()) {
    if (batch.completion === undefined || batch.intent !== 'Started') continue;
    try {
      await lookAt(world, batch);
    } catch (error) {
      world.log.warn({ code: toMigrationError(error).code, batch: batch.name }, 'a batch could not be completed yet');
    }
  }
}

async function lookAt(world: World, batch: MigrationBatch): Promise<void> {
  const { completion, name } = batch;
  if (completion === undefined) return;
  const { approvals, timeScale } = world.settings;
  const now = world.clock.now();
  // Nobody has to be counted before the time comes near.
  if (completionStep(batch, { users: 1, approvals: completion.agreed === undefined ? approvals : 0 }, now, timeScale) === 'nothing') return; // prettier-ignore
  const { users, sample } = await usersOf(world, name);
  const step = completionStep(batch, { users, approvals }, now, timeScale);
  if (step === 'ask') await ask(world, batch, users, sample);
  if (step !== 'complete') return;
  await refuseDuringCutover(world, name);
  await completeBatch(world, name, { lastSync: true }, completion.by);
}

async function usersOf(world: World, name: BatchName): Promise<{ readonly users: number; readonly sample: string[] }> {
  let users = 0;
  const sample: string[] = [];
  for await (const { address } of world.store.users(name)) {
    users += 1;
    if (sample.length < SAMPLE) sample.push(address);
  }
  return { users, sample };
}

/** Whom a planned completion touches: everybody, whatever they are doing until then. */
export async function usersToComplete(
  world: World,
  name: BatchName,
): Promise<{ readonly count: number; readonly sample: readonly string[] } | undefined> {
  await requireBatch(world, name);
  const { users, sample } = await usersOf(world, name);
  return users === 0 ? undefined : { count: users, sample };
}

async function ask(world: World, batch: MigrationBatch, users: number, sample: readonly string[]): Promise<void> {
  const { completion, name } = batch;
  if (completion === undefined) return;
  const text = completionWords(name, completion.at);
  const now = world.clock.now();
  const asked = (await world.store.approvals()).filter(({ plan }) => plan.text === text && plan.count === users);
  const states = asked.map((approval) => stateOf(approval, now));
  if (states.includes('open') || states.includes('approved')) return;
  // Somebody said no: that is an answer, and is not asked for again.
  if (states.includes('rejected')) {
    await world.store.changeBatch(name, ({ completion: _dropped, ...rest }) => ({
      to: rest,
      events: [{ type: 'CompletionDropped', batch: name }],
    }));
    return;
  }
  const plan = { text, title: 'Complete batch', count: users, of: 'users', sample, batch: name } as const;
  await requestApproval(world, plan, completion.by, { unasked: true });
}
