import type { Documents } from '../../src/bot/conversation-book.ts';
import type { Clock } from '../../src/engine/ports.ts';

/** Documents in memory whose lifetimes follow a clock of the test. */
export function memoryDocuments(clock: Pick<Clock, 'now'>): Documents {
  const texts = new Map<string, { readonly text: string; readonly until: number }>();
  const read = (name: string): string | undefined => {
    const found = texts.get(name);
    if (found !== undefined && found.until <= clock.now()) texts.delete(name);
    return texts.get(name)?.text;
  };
  return {
    get: async (name) => read(name),
    put: async (name, text) => void texts.set(name, { text, until: Number.POSITIVE_INFINITY }),
    delete: async (name) => void texts.delete(name),
    putIfAbsent: async (name, text, ttl) => {
      if (read(name) !== undefined) return false;
      texts.set(name, { text, until: ttl === undefined ? Number.POSITIVE_INFINITY : clock.now() + ttl });
      return true;
    },
    names: async (prefix) => [...texts.keys()].filter((name) => name.startsWith(prefix) && read(name) !== undefined),
  };
}

/** A clock that moves when the test says so. */
export class TestClock implements Clock {
  #now: number;

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now = (): number => this.#now;

  sleep = async (ms: number): Promise<void> => this.pass(ms);

  pass(ms: number): void {
    this.#now += ms;
  }
}
