import type { BatchName, EndpointName, UserAddress } from '../src/engine/domain/ids.ts';
import { NO_ITEMS } from '../src/engine/domain/items.ts';
import type { MigrationUser } from '../src/engine/domain/migration-user.ts';
import type { UserProgress } from '../src/engine/domain/progress.ts';
import type { MigrationStore } from '../src/engine/ports.ts';

export const LARGE = 'large' as BatchName;
/** Mailboxes at work. */
export const AT_WORK = 400;

const ADMIN = { id: 'bench', name: 'bench' };
const REFUSED = { code: 'ImapAuthenticationException', message: 'refused', remedy: 'fix it' } as const;

/** A batch under way: most users are done, some wait, some have failed, and some are at work. */
export async function fillLargeBatch(store: MigrationStore, count: number, now: number): Promise<void> {
  const batch = { name: LARGE, endpoint: 'old' as EndpointName, intent: 'Started', createdBy: 'bench' } as const;
  await store.addBatch(
    { ...batch, createdAt: now, startedAt: now, every: 86_400_000, trash: 'copy', exclude: [] },
    [],
    ADMIN,
  );
  const users = Array.from({ length: count }, (_, at) => userAt(at, now));
  await store.addUsers(users, [], ADMIN);
  for (let from = 0; from < count; from += 500) {
    const part = users.slice(from, from + 500).map((user, at) => [user.address, progressAt(from + at, now)] as const);
    await Promise.all(part.map(([address, progress]) => store.saveProgress(address, LARGE, progress)));
  }
}

export function userAt(at: number, now: number): MigrationUser {
  const address = `user${at}@contoso.example` as UserAddress;
  const user = { address, guid: `g${at}`, batch: LARGE, userName: address, epoch: 1, warnings: [], queuedAt: now };
  if (at < AT_WORK) return { ...user, status: 'Syncing' };
  if (at % 10 === 0) return { ...user, status: 'Queued' };
  if (at % 97 === 0) return { ...user, status: 'Failed', error: REFUSED };
  const target = { id: `t${at}`, displayName: 'U', kind: 'user' } as const;
  return {
    ...user,
    status: 'Synced',
    lastSuccessfulSyncAt: now - at,
    firstSyncTook: 1000 * (60 + (at % 7000)),
    target,
  };
}

export function progressAt(at: number, now: number): UserProgress {
  const copied = (at * 7919) % 9000;
  return {
    items: { ...NO_ITEMS, source: copied + (at % 5) + 3000, copied, skipped: at % 5, pending: 3000 },
    bytesTransferred: copied * 75_000,
    estimatedTotalSize: copied * 75_000,
    itemsPerSecond: 8,
    bytesPerSecond: 400_000,
    reasons: at % 7 === 0 ? [{ kind: 'metadata', count: 3, text: 'the signature can no longer be verified' }] : [],
    startedAt: now,
    updatedAt: now,
  };
}
