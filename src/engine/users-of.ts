import { requireBatch } from './batches.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import type { World } from './ports.ts';

export type Target = { readonly batch: BatchName } | { readonly user: UserAddress };

/** One user, or all users of a batch. Throws UnknownUser, UnknownBatch. */
export async function usersOf(world: World, target: Target): Promise<readonly MigrationUser[]> {
  if ('user' in target) {
    return [await requireUser(world, target.user)];
  }
  await requireBatch(world, target.batch);
  return Array.fromAsync(world.store.users(target.batch));
}

/** Throws UnknownUser. */
export async function requireUser(world: World, address: UserAddress): Promise<MigrationUser> {
  const user = await world.store.user(address);
  if (user === undefined) throw new MigrationError('UnknownUser', { address });
  return user;
}
