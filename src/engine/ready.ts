import { MigrationError } from './domain/failure.ts';
import { DEFAULT_READY_DAYS, type MigrationBatch } from './domain/migration-batch.ts';
import { type MigrationUser, USER_TRANSITIONS } from './domain/migration-user.ts';
import { headStart } from './domain/schedule.ts';
import { nextState } from './domain/transitions.ts';
import type { World } from './ports.ts';
import type { NewestFirst } from './sync/newest-first.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Of those that wait for their newest mail so many are looked at: the first ones may have a job already. */
const LOOKED_AT = 200;

/** How the first sync of a user goes about its newest mail; undefined where that makes no difference, or is there already. */
export function newestFirst(world: World, user: MigrationUser, batch: MigrationBatch): NewestFirst | undefined {
  const days = batch.readyDays ?? DEFAULT_READY_DAYS;
  if (user.lastSuccessfulSyncAt !== undefined || user.readyAt !== undefined || days === 0) return undefined;
  return {
    since: world.clock.now() - days * DAY,
    async reached({ copied, bytes }, left) {
      const later = left > 0 && (await othersWait(world, batch));
      const readyAt = world.clock.now();
      const saved = await world.store.changeUser(user.address, (current) =>
        current.epoch === user.epoch
          ? {
              to: { ...current, readyAt },
              events: [{ type: 'UserReady', batch: user.batch, user: user.address, copied, bytes, later }],
            }
          : undefined,
      );
      if (saved.epoch !== user.epoch) throw new MigrationError('MailboxTakenOver', { address: user.address });
      return later ? 'rest later' : 'go on';
    },
  };
}

// Whether anybody of the same endpoint stands in line for its newest mail.
async function othersWait(world: World, { endpoint }: MigrationBatch): Promise<boolean> {
  const now = world.clock.now();
  for (const batch of await world.store.batches()) {
    if (batch.endpoint !== endpoint || batch.intent !== 'Started') continue;
    const waiting = await world.store.waiting(batch.name, now, LOOKED_AT);
    const ready = waiting.filter(({ turn }) => turn === 'ready').map(({ address }) => address);
    if ((await world.store.usersNamed(ready)).some(({ status }) => status === 'Queued')) return true;
  }
  return false;
}

/** Puts a user whose newest mail is there behind those that wait for theirs. */
export async function waitForRest(world: World, user: MigrationUser): Promise<void> {
  const progress = await world.store.progress(user.address);
  const left = Math.max(0, (progress?.estimatedTotalSize ?? 0) - (progress?.bytesTransferred ?? 0));
  await world.store.changeUser(user.address, (current) => {
    if (current.epoch !== user.epoch) return undefined;
    const { error: _error, delays: _delays, ...rest } = current;
    const now = world.clock.now();
    const status = nextState(USER_TRANSITIONS, current.status, 'rest');
    if (status !== undefined) {
      const nextSyncAt = now - headStart(left, world.settings.timeScale);
      return { to: { ...rest, status, queuedAt: now, nextSyncAt }, events: [] };
    }
    const stopped = nextState(USER_TRANSITIONS, current.status, 'stopped');
    if (stopped === undefined) return undefined;
    return {
      to: { ...rest, status: stopped },
      events: [{ type: 'UserStopped', batch: user.batch, user: user.address }],
    };
  });
}
