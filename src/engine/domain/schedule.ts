import type { MigrationEndpoint } from './endpoint.ts';
import type { UserAddress } from './ids.ts';
import type { MigrationUser } from './migration-user.ts';

/** What kind of sync a user is due for at a moment, if any. */
export type DueSync = 'initial' | 'incremental';

/**
 * Whether a user is due. Users at work without a job of their own (their queue was lost) are due as well: the ledger
 * knows how far they were.
 */
export function dueSync(user: MigrationUser, now: number): DueSync | undefined {
  const kind: DueSync = user.lastSuccessfulSyncAt === undefined ? 'initial' : 'incremental';
  switch (user.status) {
    case 'Queued':
    case 'Syncing':
    case 'IncrementalSyncing':
    case 'Stopping':
    case 'Completing':
    case 'Removing':
      return kind;
    case 'Synced':
    case 'IncrementalFailed':
      return user.nextSyncAt !== undefined && user.nextSyncAt <= now ? 'incremental' : undefined;
    default:
      return undefined;
  }
}

interface Slots {
  readonly initial: number;
  readonly incremental: number;
}

/**
 * Who may sync next on one endpoint: users that wait longest first, as many as the endpoint's caps leave free.
 * `pending` are the users that already have a job; of these, `running` ones fill a slot.
 */
export function selectDue(
  users: readonly MigrationUser[],
  endpoint: Pick<MigrationEndpoint, 'initial' | 'incremental'>,
  pending: ReadonlyMap<UserAddress, { readonly running: boolean }>,
  now: number,
): readonly MigrationUser[] {
  const free = freeSlots(users, endpoint, pending);
  const waiting = users
    .filter((user) => !pending.has(user.address) && dueSync(user, now) !== undefined)
    .sort((a, b) => waitsSince(a) - waitsSince(b));
  const room = { ...free };
  return waiting.filter((user) => {
    const kind = dueSync(user, now);
    if (kind === undefined || room[kind] <= 0) return false;
    room[kind] -= 1;
    return true;
  });
}

function freeSlots(
  users: readonly MigrationUser[],
  caps: Pick<MigrationEndpoint, 'initial' | 'incremental'>,
  pending: ReadonlyMap<UserAddress, { readonly running: boolean }>,
): Slots {
  const free = { initial: caps.initial, incremental: caps.incremental };
  for (const user of users) {
    const job = pending.get(user.address);
    // Who waits for a connection keeps its slot: otherwise everybody would be begun, to wait as well.
    if (job?.running !== true && (job === undefined || user.error?.code !== 'SourceBusy')) continue;
    free[user.lastSuccessfulSyncAt === undefined ? 'initial' : 'incremental'] -= 1;
  }
  return free;
}

function waitsSince(user: MigrationUser): number {
  return user.nextSyncAt ?? user.queuedAt ?? 0;
}
