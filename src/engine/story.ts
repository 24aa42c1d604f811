import type { MigrationEvent } from './domain/events.ts';
import { MigrationError } from './domain/failure.ts';
import type { UserAddress } from './domain/ids.ts';
import type { World } from './ports.ts';

/** What happened to a user, oldest first, and where the user stands now. */
export interface StoryView {
  readonly identity: string;
  readonly batch: string;
  readonly status: string;
  readonly events: readonly MigrationEvent[];
  /** Earlier events that are not in `events`. */
  readonly earlier: number;
  readonly asOf: string;
}

const MOST_EVENTS = 200;
/** Events of a batch that moved each of its users. */
const OF_ALL = new Set([
  'BatchStarted',
  'BatchStopped',
  'BatchResumed',
  'BatchCreated',
  'BatchCompleting',
  'BatchRemoving',
]);

/** The story of a user from the event log: its own events and those of its batch. Throws UnknownUser. */
export async function userStory(world: World, address: UserAddress): Promise<StoryView> {
  const user = await world.store.user(address);
  if (user === undefined) throw new MigrationError('UnknownUser', { address });
  const now = world.clock.now();
  const events: MigrationEvent[] = [];
  let earlier = 0;
  for await (const event of world.events.read(0, now)) {
    const own = 'user' in event && event.user === address;
    const ofBatch =
      'batch' in event &&
      event.batch === user.batch &&
      (OF_ALL.has(event.type) || (event.type === 'SyncRequested' && event.user === undefined));
    if (!own && !ofBatch) continue;
    events.push(event);
    // The latest are the ones that explain today.
    if (events.length > MOST_EVENTS) {
      events.shift();
      earlier += 1;
    }
  }
  return {
    identity: address,
    batch: user.batch,
    status: user.status,
    events,
    earlier,
    asOf: new Date(now).toISOString(),
  };
}
