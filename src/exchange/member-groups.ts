import { MigrationError } from '../engine/domain/failure.ts';
import { type SignInOptions, graphSignIn } from './graph-sign-in.ts';

/** checkMemberGroups takes this many groups a call. https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups */
const GROUPS_A_CALL = 20;
const DEADLINE = 8_000;

/** Asks Graph which of the groups a person is in, through other groups too. Needs GroupMember.Read.All. Throws TargetRefused. */
export function memberGroups(
  options: SignInOptions,
): (personId: string, groupIds: readonly string[]) => Promise<readonly string[]> {
  const signIn = graphSignIn(options);
  return async (personId, groupIds) => {
    const found: string[] = [];
    for (let at = 0; at < groupIds.length; at += GROUPS_A_CALL) {
      const response = await fetch(
        new URL(
          `v1.0/users/${encodeURIComponent(personId)}/checkMemberGroups`,
          `${options.graphUrl.replace(/\/+$/, '')}/`,
        ),
        {
          method: 'POST',
          headers: { authorization: `Bearer ${await signIn(false)}`, 'content-type': 'application/json' },
          body: JSON.stringify({ groupIds: groupIds.slice(at, at + GROUPS_A_CALL) }),
          signal: AbortSignal.timeout(DEADLINE),
        },
      );
      if (!response.ok) throw new MigrationError('TargetRefused', { detail: `checkMemberGroups ${response.status}` });
      found.push(...readGroups(await response.json()));
    }
    return found;
  };
}

function readGroups(answer: unknown): readonly string[] {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'value') : undefined;
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
