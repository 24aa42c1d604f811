import { type SandboxWorld, addressOf } from '../../sandbox/world.ts';
import type { UserView } from '../../src/engine/views.ts';
import { waitUntil } from './wait-until.ts';

/** What a command line answers with --json; throws what it said when it refused. */
export async function viewOf<View>(world: SandboxWorld, ...words: readonly string[]): Promise<View> {
  const { out, error } = await world.bellhop(...words, '--json');
  if (out === '') throw new Error(error);
  return JSON.parse(out) as View;
}

/** A user of the sandbox as Bellhop knows it. */
function shownUser(world: SandboxWorld, user: string): Promise<UserView> {
  const domain = world.users.find(({ name }) => name === user)?.domain;
  return viewOf<UserView>(world, 'status', addressOf(user, domain));
}

/** The user once it has this status. */
export function userWhen(
  world: SandboxWorld,
  user: string,
  status: UserView['status'],
  timeout = 60_000,
): Promise<UserView> {
  return waitUntil(
    () => shownUser(world, user),
    (now) => now.status === status,
    timeout,
  );
}

/** Syncs a user and waits until that sync is over. */
export async function syncAgain(world: SandboxWorld, user: string): Promise<UserView> {
  const before = await shownUser(world, user);
  await world.bellhop('sync', 'now', addressOf(user));
  return waitUntil(
    () => shownUser(world, user),
    (now) => now.status === 'Synced' && now.lastSuccessfulSyncTime !== before.lastSuccessfulSyncTime,
  );
}
