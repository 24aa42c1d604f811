import { toMigrationError } from './domain/failure.ts';
import { expiryOf, expiryStep } from './domain/expiry.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import type { World } from './ports.ts';
import { someAtOnce } from './some-at-once.ts';

/** Announces what will end by itself, and ends what was announced. Nothing expires silently. */
export async function lookAtExpiries(world: World): Promise<void> {
  for (const batch of await world.store.batches()) {
    try {
      await lookAtBatch(world, batch);
    } catch (error) {
      world.log.warn({ code: toMigrationError(error).code, batch: batch.name }, 'an expiry could not be looked after');
    }
  }
}

async function lookAtBatch(world: World, batch: MigrationBatch): Promise<void> {
  const { timeScale } = world.settings;
  const end = expiryOf(batch, timeScale);
  if (end === undefined) return;
  const next = expiryStep(end, batch.announced, world.clock.now(), timeScale);
  if (next.step === 'nothing') return;
  if (next.step === 'announce') {
    await world.store.changeBatch(batch.name, (current) =>
      current.idleSince === batch.idleSince && current.intent === batch.intent
        ? {
            to: { ...current, announced: next.announced },
            events: [{ type: 'BatchExpiring', batch: batch.name, end }],
          }
        : undefined,
    );
    return;
  }
  const ended = await world.store.changeBatch(batch.name, (current) => {
    if (current.idleSince !== batch.idleSince || current.intent !== batch.intent) return undefined;
    const { idleSince: _idle, ...rest } = current;
    return { to: rest, events: [{ type: 'BatchExpired', batch: batch.name }] };
  });
  // Whoever took it up at the last moment keeps its passwords.
  if (ended.idleSince !== undefined || ended.intent !== batch.intent) return;
  await someAtOnce(world.store.users(batch.name), (user) => world.vault.forget(user.address));
}
