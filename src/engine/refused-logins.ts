import { loginHash } from './domain/check-result.ts';
import type { Failure } from './domain/failure.ts';
import type { UserAddress } from './domain/ids.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import { type MigrationUser, USER_TRANSITIONS } from './domain/migration-user.ts';
import { nextState } from './domain/transitions.ts';
import type { Decision, World } from './ports.ts';

export const LOGIN_REFUSED = 'ImapAuthenticationException';
/** Afterwards somebody may have changed the password at the source instead of in the CSV. */
const FRESH = 30 * 60_000;

/**
 * What becomes of users whose login a check found refused a moment ago: they fail with what the check was told, without
 * sending the same password again. Servers make everybody wait after a wrong one, and lock accounts after a few. Who was tried
 * before, has another login by now or was not refused is none of them.
 */
export async function refusedLogins(
  world: World,
  { name, endpoint: endpointName }: MigrationBatch,
): Promise<(user: MigrationUser) => Decision<MigrationUser> | undefined> {
  const [check, endpoint] = await Promise.all([world.store.check(name), world.store.endpoint(endpointName)]);
  const since = world.clock.now() - FRESH / world.settings.timeScale;
  const refused = new Map<UserAddress, { readonly error: Failure; readonly login: string }>();
  if (check?.finishedAt !== undefined && check.finishedAt >= since)
    for (const { user, error, login } of check.problems) if (login !== undefined) refused.set(user, { error, login });
  return (user) => {
    const known = refused.get(user.address);
    if (known === undefined || endpoint === undefined || user.status !== 'Validating') return undefined;
    if (known.login !== loginHash(endpoint, user)) return undefined;
    return failed(user, known.error);
  };
}

// As if it had been queued, tried and refused.
function failed(user: MigrationUser, error: Failure): Decision<MigrationUser> | undefined {
  const queued = nextState(USER_TRANSITIONS, user.status, 'queue');
  const status = queued === undefined ? undefined : nextState(USER_TRANSITIONS, queued, 'fail');
  if (status === undefined) return undefined;
  return {
    to: { ...user, status, error },
    events: [{ type: 'UserSyncFailed', batch: user.batch, user: user.address, error }],
  };
}
