/** Something with a weight in bytes that waits to be uploaded. */
interface Weighed {
  readonly bytes: number;
}

/** Told while a lane has nothing to do. */
type Idle = <Result>(wait: () => Promise<Result>) => Promise<Result>;

/**
 * The queue between the reader and the upload lanes, bounded in bytes: the reader waits when it is full, lanes wait when
 * it is empty.
 */
export class LotQueue<Lot extends Weighed> {
  readonly #capacity: number;
  readonly #idle: Idle;
  readonly #lots: Lot[] = [];
  readonly #takers: ((lot: Lot | undefined) => void)[] = [];
  #bytes = 0;
  #closed = false;
  #error: unknown;
  #room: (() => void) | undefined;
  readonly #drained: (() => void)[] = [];
  #held = 0;

  constructor(capacity: number, idle: Idle) {
    this.#capacity = capacity;
    this.#idle = idle;
  }

  /** Adds a lot, waiting for room first; a lot larger than the whole queue passes alone. Throws what a lane failed with. */
  async put(lot: Lot): Promise<void> {
    while (this.#error === undefined && this.#bytes > 0 && this.#bytes + lot.bytes > this.#capacity) {
      await new Promise<void>((resolve) => (this.#room = resolve));
    }
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
    return this.#idle(() => new Promise<Lot | undefined>((resolve) => this.#takers.push(resolve)));
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
