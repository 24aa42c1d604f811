/** A message that was known in one place and is not there any more. */
export interface Departed {
  readonly key: Uint8Array;
  readonly internalDate?: number;
}

/** A message that is new in a place. */
export interface Arrived {
  readonly key: Uint8Array;
  readonly internalDate?: number;
}

/**
 * Recognises messages that moved: gone in one place, new in another, with the same key. Each departed message answers for
 * one arrival, so that exact duplicates stay as many as they are; of several, the one with the same INTERNALDATE is
 * preferred (RFC 6851 keeps it). Order of the results follows the arrivals.
 */
export function findMoves<From extends Departed, To extends Arrived>(
  departed: readonly From[],
  arrived: readonly To[],
): readonly { readonly from: From; readonly to: To }[] {
  const pool = new Map<string, From[]>();
  for (const from of departed) {
    const name = nameOf(from.key);
    const same = pool.get(name);
    if (same === undefined) pool.set(name, [from]);
    else same.push(from);
  }
  const moves: { readonly from: From; readonly to: To }[] = [];
  const rest: To[] = [];
  const take = (to: To, exact: boolean): void => {
    const same = pool.get(nameOf(to.key)) ?? [];
    const at = exact ? same.findIndex((from) => from.internalDate === to.internalDate) : 0;
    const [from] = at < 0 ? [] : same.splice(at, 1);
    if (from !== undefined) moves.push({ from, to });
    else if (exact) rest.push(to);
  };
  for (const to of arrived) take(to, true);
  for (const to of rest) take(to, false);
  return moves;
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}
