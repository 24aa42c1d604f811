import { requireBatch } from './batches.ts';
import { requireCutover } from './cutover.ts';
import { domainsOf } from './domain/cutover.ts';
import type { BatchName } from './domain/ids.ts';
import { requireEndpoint } from './endpoints.ts';
import type { World } from './ports.ts';
import { stagedUsers } from './staged-users.ts';
import type { StagedView } from './views.ts';

/** Every user of a cutover's domains who is not moved yet. Throws CutoverUnknown. */
export async function stagedView(world: World, batch: BatchName): Promise<StagedView> {
  const cutover = await requireCutover(world, batch);
  const { host } = await requireEndpoint(world, (await requireBatch(world, batch)).endpoint);
  const users = await Array.fromAsync(stagedUsers(world, batch, domainsOf(cutover)), (user) => ({
    ...{ identity: user.address, batchId: user.batch, status: user.status },
  }));
  return {
    ...{ identity: batch, domain: cutover.domain, host },
    users: users.sort((a, b) => (a.identity < b.identity ? -1 : 1)),
    asOf: new Date(world.clock.now()).toISOString(),
  };
}
