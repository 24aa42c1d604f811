import type { SearchObject } from 'imapflow';
import { formatFlags, parseFlags } from '../engine/domain/mailbox.ts';

/** A server that names more keywords than this is asked for the first ones only; people do not have so many labels. */
const MOST_KEYWORDS = 100;

const SYSTEM: readonly (readonly [flag: string, query: SearchObject])[] = [
  ['\\Seen', { seen: true }],
  ['\\Flagged', { flagged: true }],
  ['\\Answered', { answered: true }],
  ['\\Draft', { draft: true }],
];

/**
 * The flags of a whole folder by one SEARCH a flag: half a million messages take about a second, while a FETCH of as many
 * answers takes fifteen. `named` are the flags of the folder's FLAGS response, which must list every keyword in use (RFC 3501, 7.2.6).
 */
export async function readFlagState(
  named: readonly string[],
  search: (query: SearchObject) => Promise<readonly number[]>,
): Promise<ReadonlyMap<number, string>> {
  const keywords = named.filter((flag) => !flag.startsWith('\\')).slice(0, MOST_KEYWORDS);
  const queries = [...SYSTEM, ...keywords.map((keyword) => [keyword, { keyword }] as const)];
  const combinations = new Combinations();
  const state = new Map<number, number>();
  for (const uid of await search({ all: true })) state.set(uid, 0);
  for (const [flag, query] of queries) {
    for (const uid of await search(query)) {
      const before = state.get(uid);
      if (before !== undefined) state.set(uid, combinations.with(before, flag));
    }
  }
  return new Map([...state].map(([uid, combination]) => [uid, combinations.text(combination)] as const));
}

// Few combinations of flags occur: each is kept once and named by a number, so that a message costs a number.
class Combinations {
  readonly #flags: (readonly string[])[] = [[]];
  readonly #texts: string[] = [formatFlags(parseFlags([]))];
  readonly #next = new Map<string, number>();

  with(combination: number, flag: string): number {
    const name = `${combination} ${flag}`;
    const known = this.#next.get(name);
    if (known !== undefined) return known;
    const flags = [...(this.#flags[combination] ?? []), flag];
    this.#flags.push(flags);
    this.#texts.push(formatFlags(parseFlags(flags)));
    this.#next.set(name, this.#flags.length - 1);
    return this.#flags.length - 1;
  }

  text(combination: number): string {
    return this.#texts[combination] ?? '';
  }
}
