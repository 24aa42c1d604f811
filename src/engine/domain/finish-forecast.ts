/** What is known of a set of mailboxes under way. Times in seconds. */
export interface FinishInput {
  /** Of mailboxes at work: how long they have been, and how long they still take at their present pace. */
  readonly running: readonly { readonly elapsed: number; readonly left: number }[];
  /** Mailboxes that wait for a slot; how much is in them is not known. */
  readonly waiting: number;
  /** How long mailboxes took that are done: seconds, and how many took so long. */
  readonly took: readonly (readonly [seconds: number, count: number])[];
}

export interface Finish {
  /** As many outcomes are earlier as later. */
  readonly p50: number;
  /** Nine of ten outcomes are earlier. */
  readonly p90: number;
}

/** How many courses of events are played through; fewer of many mailboxes, which differ less from course to course. */
const COURSES = { most: 100, least: 20, mailboxes: 16_000 };
/** Beyond so many waiting mailboxes their sum is drawn at once (central limit theorem): only the last ones are played singly. */
const PLAYED = 200;
/** The pace of a mailbox at work is not constant: its time left is drawn around what it is now (standard deviation of the logarithm). */
const PACE_SPREAD = 0.25;
/** How far what was measured on few may be off, in standard errors. */
const DOUBT = 1.5;

/**
 * Seconds until all of them are done, drawn again and again from what was measured; in the order of drawing. Empty when
 * nothing is known. Those at work count as what they will have taken: the first ones to be done are small ones, and a
 * forecast from these alone would be too early. Pure: the same input is the same forecast.
 */
export function drawFinishes({ running, waiting, took }: FinishInput): readonly number[] {
  const pool = poolOf(running, took);
  if (running.length === 0 || (waiting > 0 && pool === undefined)) return [];
  const random = seeded(running.length * 7919 + waiting * 104_729 + Math.round(running[0]?.left ?? 0));
  const each = running.length + Math.min(waiting, Math.max(PLAYED, running.length));
  const length = Math.max(COURSES.least, Math.min(COURSES.most, Math.floor(COURSES.mailboxes / each)));
  return Array.from({ length }, () => playOnce(running, waiting, pool, random));
}

/** The quantiles of drawn courses; undefined without any. */
export function finishOf(courses: readonly number[]): Finish | undefined {
  if (courses.length === 0) return undefined;
  const sorted = courses.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.ceil(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { p50: at(0.5), p90: at(0.9) };
}

/** A single mailbox at work. */
export function finishOfOne(left: number): Finish {
  // 1.2816 is the 90 % quantile of the normal distribution.
  return { p50: Math.ceil(left), p90: Math.ceil(left * Math.exp(PACE_SPREAD * 1.2816)) };
}

/** Several sets of mailboxes that do not wait for each other: the whole is done when the last one is. */
export function lastOf(sets: readonly (readonly number[])[]): readonly number[] {
  if (sets.length === 0 || sets.some((courses) => courses.length === 0)) return [];
  const length = Math.max(...sets.map((courses) => courses.length));
  return Array.from({ length }, (_, at) => Math.max(...sets.map((courses) => courses[at % courses.length] ?? 0)));
}

/** How long mailboxes take: mean and deviation of the seconds, and of their logarithms. */
interface Pool {
  readonly seconds: readonly number[];
  /** Cumulated counts, beside `seconds`. */
  readonly upTo: readonly number[];
  readonly size: number;
  readonly mean: number;
  readonly deviation: number;
  readonly logMean: number;
  readonly logDeviation: number;
}

function poolOf(running: FinishInput['running'], took: FinishInput['took']): Pool | undefined {
  const all = [...took, ...running.map(({ elapsed, left }) => [elapsed + left, 1] as const)];
  const size = all.reduce((sum, [, count]) => sum + count, 0);
  if (size === 0) return undefined;
  const [mean, deviation] = spread(all, size, (seconds) => seconds);
  const [logMean, logDeviation] = spread(all, size, (seconds) => Math.log(Math.max(0.1, seconds)));
  let upTo = 0;
  const drawn = { seconds: all.map(([seconds]) => seconds), upTo: all.map(([, count]) => (upTo += count)) };
  // One or two say nothing of how much they differ.
  return {
    ...drawn,
    size,
    mean,
    deviation,
    logMean,
    logDeviation: size < 3 ? Math.max(1, logDeviation) : logDeviation,
  };
}

function spread(
  all: FinishInput['took'],
  size: number,
  of: (seconds: number) => number,
): readonly [mean: number, deviation: number] {
  const mean = all.reduce((sum, [seconds, count]) => sum + of(seconds) * count, 0) / size;
  const squares = all.reduce((sum, [seconds, count]) => sum + (of(seconds) - mean) ** 2 * count, 0);
  return [mean, Math.sqrt(squares / Math.max(1, size - 1))];
}

/*
 * Sizes of mailboxes differ by orders of magnitude, and the largest one decides when all are done: it may well be larger
 * than any that was seen. So single mailboxes are drawn by turns from those that were seen and from a log-normal
 * distribution like them. What is measured on few is uncertain itself: each course has its own mean and its own spread.
 */
function playOnce(
  running: FinishInput['running'],
  waiting: number,
  pool: Pool | undefined,
  random: () => number,
): number {
  const free = running.map(({ left }) => left * Math.exp(PACE_SPREAD * normal(random)));
  if (pool === undefined || waiting === 0) return Math.max(0, ...free);
  const { size, mean, deviation, logMean, logDeviation } = pool;
  const doubt = (DOUBT / Math.sqrt(size)) * normal(random);
  const scale = Math.max(0.25, 1 + (deviation / mean) * doubt);
  const width = logDeviation * Math.exp((DOUBT / Math.sqrt(2 * size)) * normal(random));
  const played = Math.min(waiting, Math.max(PLAYED, running.length));
  const bulk = waiting - played;
  if (bulk > 0) {
    const level = levelled(free, Math.max(0, bulk * mean * scale + Math.sqrt(bulk) * deviation * normal(random)));
    for (let at = 0; at < free.length; at += 1) free[at] = Math.max(free[at] ?? 0, level);
  }
  const slots = new Slots(free);
  let last = slots.latest;
  for (let at = 0; at < played; at += 1) {
    const isSeen = at % 2 === 0;
    const seconds = isSeen
      ? drawSeen(pool, random) * scale
      : Math.exp(logMean + logDeviation * doubt + width * normal(random));
    last = Math.max(last, slots.take(seconds));
  }
  return last;
}

// Work is poured into the slots that are free first: the level it reaches.
function levelled(free: readonly number[], work: number): number {
  const sorted = free.toSorted((a, b) => a - b);
  let sum = 0;
  for (let count = 1; count <= sorted.length; count += 1) {
    sum += sorted[count - 1] ?? 0;
    const level = (work + sum) / count;
    if (level <= (sorted[count] ?? Number.POSITIVE_INFINITY)) return level;
  }
  return 0;
}

function drawSeen({ seconds, upTo, size }: Pool, random: () => number): number {
  const wanted = random() * size;
  let low = 0;
  let high = upTo.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return seconds[low] ?? 0;
}

/** Slots by when they are free, the earliest on top of a heap. */
class Slots {
  readonly #heap: number[];

  constructor(free: readonly number[]) {
    // Sorted, so a heap.
    this.#heap = free.toSorted((a, b) => a - b);
  }

  get latest(): number {
    return this.#heap.at(-1) ?? 0;
  }

  /** Gives the earliest slot so many seconds of work; answers when they are over. */
  take(seconds: number): number {
    const heap = this.#heap;
    const end = (heap[0] ?? 0) + seconds;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const least =
        (heap[left + 1] ?? Number.POSITIVE_INFINITY) < (heap[left] ?? Number.POSITIVE_INFINITY) ? left + 1 : left;
      const value = heap[least];
      if (value === undefined || value >= end) break;
      heap[at] = value;
      at = least;
    }
    heap[at] = end;
    return end;
  }
}

// Numbers from a counter, mixed by the finalizer of MurmurHash3 (public domain): pairs of them do not depend on each other.
function seeded(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
  };
}

// Box and Muller.
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
