import { createHash } from 'node:crypto';

/** Repeatable randomness: the same seed gives the same sequence on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T;
  /** Log-normal: half of all values are below `median`, the mean is `mean`. */
  logNormal(median: number, mean: number): number;
}

/** The sfc32 generator (public domain, C. Doty-Humphrey), seeded with the SHA-256 of a text. */
export function seededRandom(seed: string): Random {
  const words = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [words.readInt32LE(0), words.readInt32LE(4), words.readInt32LE(8), 1];

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }
  function whole(min: number, max: number): number {
    return min + Math.floor(next() * (max - min + 1));
  }
  function pick<T>(list: readonly T[]): T {
    const item = list[whole(0, list.length - 1)];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }
  function logNormal(median: number, mean: number): number {
    // Box-Muller; the mean of a log-normal is median * exp(sigma^2 / 2).
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return median * Math.exp(Math.sqrt(2 * Math.log(mean / median)) * normal);
  }
  return { next, whole, chance: (probability) => next() < probability, pick, logNormal };
}
