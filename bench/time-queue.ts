/** Things in the order of their times: a binary heap. */
export class TimeQueue<Thing> {
  readonly #heap: { readonly at: number; readonly thing: Thing }[] = [];

  add(at: number, thing: Thing): void {
    const heap = this.#heap;
    let place = heap.push({ at, thing }) - 1;
    for (let above = (place - 1) >> 1; place > 0 && this.#at(above) > at; above = (place - 1) >> 1) {
      this.#swap(place, above);
      place = above;
    }
  }

  /** Takes those whose time is not after `until`, the earliest first, at most `most`. */
  take(until: number, most: number): readonly { readonly at: number; readonly thing: Thing }[] {
    const taken: { readonly at: number; readonly thing: Thing }[] = [];
    while (taken.length < most && this.#heap.length > 0 && this.#at(0) <= until) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) break;
      taken.push(first);
      if (this.#heap.length > 0) this.#sink(last);
    }
    return taken;
  }

  #sink(last: { readonly at: number; readonly thing: Thing }): void {
    this.#heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const smaller = this.#at(right) < this.#at(left) ? right : left;
      if (this.#at(smaller) >= this.#at(place)) return;
      this.#swap(place, smaller);
      place = smaller;
    }
  }

  #at(place: number): number {
    return this.#heap[place]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}
