/**
 * A sum over the last `window` ms, kept in sixty slots: exact enough for a limit, small whatever the traffic.
 */
export class SlidingSum {
  readonly #window: number;
  readonly #slot: number;
  #slots: { readonly start: number; amount: number }[] = [];

  constructor(window: number) {
    this.#window = window;
    this.#slot = window / 60;
  }

  add(now: number, amount: number): void {
    const last = this.#slots.at(-1);
    if (last && now < last.start + this.#slot) last.amount += amount;
    else this.#slots.push({ start: now, amount });
  }

  total(now: number): number {
    this.#slots = this.#slots.filter(({ start }) => start + this.#slot + this.#window > now);
    return this.#slots.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** ms until the sum has fallen to `goal` or below, if nothing is added. */
  timeUntil(now: number, goal: number): number {
    let left = this.total(now);
    for (const { start, amount } of this.#slots) {
      if (left <= goal) break;
      left -= amount;
      if (left <= goal) return start + this.#slot + this.#window - now;
    }
    return 0;
  }
}
