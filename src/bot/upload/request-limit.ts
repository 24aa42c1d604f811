import type { Clock } from '../../engine/ports.ts';

const MINUTE = 60_000;
const MOST_ADDRESSES = 10_000;

/** Counts requests of an address in this minute; a flood is turned away before it costs anything. */
export class RequestLimit {
  readonly #clock: Clock;
  readonly #most: number;
  #minute = 0;
  #counts = new Map<string, number>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Whether one more may pass. */
  take(address: string): boolean {
    const minute = Math.floor(this.#clock.now() / MINUTE);
    // Of more addresses than anybody has reason to come from, memory is not filled with.
    if (minute !== this.#minute || this.#counts.size > MOST_ADDRESSES) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    return count <= this.#most;
  }
}
