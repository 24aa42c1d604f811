import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import type { MigrationUser } from '../../src/engine/domain/migration-user.ts';

/** So many users of a batch, as an import would add them. */
export function sampleUsers(batch: string, total: number): readonly MigrationUser[] {
  return Array.from({ length: total }, (_, at) => ({
    address: `user.${at}@example.com` as UserAddress,
    guid: `guid-${at}`,
    batch: batch as BatchName,
    userName: `user.${at}`,
    status: 'Validating',
    epoch: 0,
    warnings: [],
  }));
}
