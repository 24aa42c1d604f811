/** json-batching allows 20. With ten nearly all is saved that can be, and half as much is in memory, or in doubt when an answer is lost. */
const MOST_TOGETHER = 10;
/** A batch is to take about a second (ms): longer ones keep a worker that has to stop, and leave more in doubt when they break. */
const SHORT = 600;
const LONG = 2_000;
const FIRST_SIZE = 4;

/**
 * How many requests go together: as many as the server carries out in about a second, found by trying. Next door that is
 * a full batch; where every request takes a quarter of a second, four.
 */
export function batchSize() {
  let size = FIRST_SIZE;
  return {
    now: (): number => size,
    /** A batch of so many took so long (ms). */
    took(count: number, ms: number): void {
      if (ms > LONG) size = Math.max(2, Math.floor(size / 2));
      else if (ms < SHORT && count >= size) size = Math.min(MOST_TOGETHER, size * 2);
    },
  };
}
