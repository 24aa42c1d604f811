import type { StagedUsers } from './domain/cutover.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import type { World } from './ports.ts';

const SAMPLE = 3;
const MOST_BATCHES = 5;

/**
 * Users of these domains in other batches who are not moved yet: an MX takes a domain with everybody in it. Mailboxes of the old
 * server that are in no batch are known to nobody here.
 */
export async function* stagedUsers(
  world: World,
  batch: BatchName,
  domains: readonly string[],
): AsyncIterable<MigrationUser> {
  const names = new Set(domains);
  for (const other of await world.store.batches()) {
    if (other.name === batch) continue;
    for await (const user of world.store.users(other.name))
      if (names.has(nameOfDomain(user.address)) && !isMoved(user)) yield user;
  }
}

/** How many they are, in which batches, with a few names: the same as long as they are the same. */
export async function countStaged(world: World, batch: BatchName, domains: readonly string[]): Promise<StagedUsers> {
  const batches = new Set<string>();
  let [count, sample]: [number, readonly UserAddress[]] = [0, []];
  for await (const { address, batch: theirs } of stagedUsers(world, batch, domains)) {
    count += 1;
    batches.add(theirs);
    sample = [...sample, address].sort().slice(0, SAMPLE);
  }
  return { count, batches: [...batches].sort().slice(0, MOST_BATCHES), sample };
}

function isMoved({ status }: MigrationUser): boolean {
  return status === 'Completed' || status === 'CompletedWithWarnings';
}

function nameOfDomain(address: UserAddress): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
