/** Something with a weight in bytes that waits to be uploaded. */
interface Weighed {
  readonly bytes: number;
}

/**
 * The queue between the reader and the upload lanes, bounded in bytes: the reader waits when it is full, lanes wait when
 * it is empty. Waiting times say which side holds the other back.
 */
export class LotQueue<Lot extends Weighed> {
  readonly #capacity: number;
  readonly #lanes: number;
  readonly #now: () => number;
  readonly #lots: Lot[] = [];
  readonly #takers: ((lot: Lot | undefined) => void)[] = [];
  #bytes = 0;
  #closed = false;
  #error: unknown;
  #room: (() => void) | undefined;
  readonly #drained: (() => void)[] = [];
  #held = 0;
  /** ms the reader waited for room, and the lanes for lots, since somebody asked. */
  #waited = { reader: 0, lanes: 0 };

  constructor(capacity: number, lanes: number, now: () => number) {
    this.#capacity = capacity;
    this.#lanes = lanes;
    this.#now = now;
  }

  /** Which side the other one waited for since this was asked last; undefined when none waited. */
  slowerSide(): 'source' | 'target' | undefined {
    // Lanes wait side by side: an hour of waiting is a quarter of an hour when all four wait.
    const lanes = this.#waited.lanes / this.#lanes;
    const { reader } = this.#waited;
    this.#waited = { reader: 0, lanes: 0 };
    if (reader === lanes) return undefined;
    return reader > lanes ? 'target' : 'source';
  }

  /** Adds a lot, waiting for room first; a lot larger than the whole queue passes alone. Throws what a lane failed with. */
  async put(lot: Lot): Promise<void> {
    const since = this.#now();
    while (this.#error === undefined && this.#bytes > 0 && this.#bytes + lot.bytes > this.#capacity) {
      await new Promise<void>((resolve) => (this.#room = resolve));
    }
    this.#waited.reader += this.#now() - since;
    this.#throwIfFailed();
    this.#bytes += lot.bytes;
    this.#held += 1;
    const taker = this.#takers.shift();
    if (taker === undefined) this.#lots.push(lot);
    else taker(lot);
  }

  /** The next lot, or undefined when the queue is closed and empty, or failed. */
  async take(): Promise<Lot | undefined> {
    if (this.#error !== undefined) return undefined;
    const lot = this.#lots.shift();
    if (lot !== undefined || this.#closed) return lot;
    const since = this.#now();
    const taken = await new Promise<Lot | undefined>((resolve) => this.#takers.push(resolve));
    this.#waited.lanes += this.#now() - since;
    return taken;
  }

  /** A lane is done with a lot: its bytes are free again. */
  done(lot: Lot): void {
    this.#bytes -= lot.bytes;
    this.#held -= 1;
    this.#room?.();
    this.#room = undefined;
    if (this.#held === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Resolves when every lot put so far is done. Throws what a lane failed with. */
  async drained(): Promise<void> {
    if (this.#held > 0 && this.#error === undefined) await new Promise<void>((resolve) => this.#drained.push(resolve));
    this.#throwIfFailed();
  }

  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  /** Ends everything with an error; the first one wins. */
  fail(error: unknown): void {
    this.#error ??= error ?? new Error('failed');
    this.#room?.();
    this.#room = undefined;
    for (const resolve of this.#drained.splice(0)) resolve();
    this.close();
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
