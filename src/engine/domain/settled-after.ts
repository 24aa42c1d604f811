/** Exchange's filters may not show an item for a few seconds after it was stored; before that, "not found" proves nothing. */
const CONSISTENCY_DELAY = 10_000;
/**
 * The same for one nobody heard an answer of: whoever sent it died or had to leave, and a batch of ten that began right
 * before that is still carried out, one after the other, where the server is slow.
 */
const UNDER_WAY = 30_000;

/** An intended message: when it was recorded, or answered without an outcome (ms since 1970, UTC), and that answer. */
interface Unsettled {
  readonly at: number;
  readonly detail?: string | undefined;
}

/** From when on (ms) "not found" means that the target has not got it. `since`: when the pass that asks began. */
export function settledAfter({ at, detail }: Unsettled, since: number, timeScale: number): number {
  return detail === undefined ? Math.max(at, since) + UNDER_WAY / timeScale : at + CONSISTENCY_DELAY / timeScale;
}
