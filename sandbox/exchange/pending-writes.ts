/** Writes that were promised to nobody and happen all the same, some time later. */
export class PendingWrites {
  readonly #pending = new Map<NodeJS.Timeout, () => void>();

  add(ms: number, write: () => void): void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      write();
    }, ms);
    this.#pending.set(timer, write);
  }

  /** Does at once what is still to be done. */
  finish(): void {
    for (const [timer, write] of this.#pending) {
      clearTimeout(timer);
      write();
    }
    this.#pending.clear();
  }
}
