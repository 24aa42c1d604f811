import type { Card } from '../cards/elements.ts';
import type { Finding } from '../engine/doctor.ts';
import type { Clock } from '../engine/ports.ts';
import type { ChatPort, Delivery, Place } from './chat-port.ts';
import type { Documents } from './conversation-book.ts';
import { placeHash, rootOf } from './place-hash.ts';

/** The memory of one post. */
export interface OutboxEntry {
  readonly state: 'sending' | 'posted' | 'waiting' | 'unknown';
  readonly at: number;
  readonly tries: number;
  readonly activityId?: string;
  /** Where it stands. */
  readonly place?: Place;
  /** For `waiting`: not before this time. */
  readonly notBefore?: number;
}

const MEMORY = 30 * 86_400_000;
const HOUR = 3_600_000;
/** Unasked posts a channel with all its threads, or a chat, gets in any 60 minutes, at most. */
export const POSTS_PER_HOUR = 10;

export interface OutboxOptions {
  readonly documents: Documents;
  readonly chat: ChatPort;
  readonly clock: Clock;
  readonly timeScale: number;
}

/**
 * Posts cards nobody asked for, each at most once. A post has a name that says what it is about; before it is sent the
 * intent is stored, so that neither a restart nor a second process sends it again. What Teams refused for now (429) waits
 * here; what may have arrived (502, a broken connection) is not repeated; a conversation Bellhop was removed from keeps
 * its posts until it is back.
 */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Sends a post unless that was done. Undefined: not now, ask again at the next look. */
  async post(name: string, place: Place, makeCard: () => Promise<Card>): Promise<OutboxEntry | undefined> {
    const { documents, chat, clock } = this.#options;
    const known = await this.entry(name);
    if (known !== undefined && known.state !== 'waiting') return this.#settled(name, known);
    if (known?.notBefore !== undefined && known.notBefore > clock.now()) return undefined;
    if (await this.isClosed(place)) return undefined;
    const tries = (known?.tries ?? 0) + 1;
    // Whoever gets this through sends try number n; everybody else leaves it alone.
    if (!(await documents.putIfAbsent(`claim:${name}:${tries}`, '1', MEMORY))) return undefined;
    if (!(await this.#takeRoom(place))) {
      await documents.delete(`claim:${name}:${tries}`);
      return undefined;
    }
    const card = await makeCard();
    await this.#save(name, { state: 'sending', at: clock.now(), tries });
    return this.#note(name, place, tries, await chat.post(place, card));
  }

  async entry(name: string): Promise<OutboxEntry | undefined> {
    const text = await this.#options.documents.get(`post:${name}`);
    return text === undefined ? undefined : (JSON.parse(text) as OutboxEntry);
  }

  /** Marks a post as done by another one: a digest said what it would have said. */
  async cover(name: string, by: OutboxEntry): Promise<void> {
    const { activityId: _digest, ...entry } = by;
    await this.#save(name, entry);
  }

  /** What the doctor should know: the last post Teams took, posts without an answer, posts that wait, closed conversations. */
  async findings(): Promise<readonly Finding[]> {
    const { documents } = this.#options;
    const lastPost = await documents.get('last-post');
    const entries = await Promise.all((await documents.names('post:')).map((name) => documents.get(name)));
    const states = entries.flatMap((text) => (text === undefined ? [] : [(JSON.parse(text) as OutboxEntry).state]));
    const closed = (await documents.names('closed:')).length;
    const count = (state: OutboxEntry['state']): number => states.filter((each) => each === state).length;
    return [
      lastPost === undefined
        ? { what: 'lastPost', health: 'unknown' }
        : { what: 'lastPost', health: 'good', value: new Date(Number(lastPost)).toISOString() },
      { what: 'unconfirmed', health: count('unknown') > 0 ? 'look' : 'good', value: String(count('unknown')) },
      { what: 'waiting', health: count('waiting') > 0 ? 'look' : 'good', value: String(count('waiting')) },
      { what: 'closed', health: closed > 0 ? 'look' : 'good', value: String(closed) },
    ];
  }

  /** True while Bellhop is removed from a conversation. */
  async isClosed(place: Place): Promise<boolean> {
    return (await this.#options.documents.get(closedName(place))) !== undefined;
  }

  /** Something came from this conversation: it is open (again). */
  async reopen(place: Place): Promise<void> {
    await this.#options.documents.delete(closedName(place));
  }

  async close(place: Place): Promise<void> {
    await this.#options.documents.put(closedName(place), JSON.stringify({ place, at: this.#options.clock.now() }));
  }

  /** How many posts a conversation may still get now. */
  async room(place: Place): Promise<number> {
    const taken = await this.#options.documents.names(`slot:${placeHash(rootOf(place))}:`);
    return Math.max(0, POSTS_PER_HOUR - taken.length);
  }

  // A slot is free again an hour after it was taken: so any 60 minutes see at most as many posts as there are slots.
  async #takeRoom(place: Place): Promise<boolean> {
    const { documents, timeScale } = this.#options;
    for (let slot = 0; slot < POSTS_PER_HOUR; slot += 1) {
      const name = `slot:${placeHash(rootOf(place))}:${slot}`;
      if (await documents.putIfAbsent(name, '1', Math.ceil(HOUR / timeScale))) return true;
    }
    return false;
  }

  async #note(name: string, place: Place, tries: number, delivery: Delivery): Promise<OutboxEntry | undefined> {
    const at = this.#options.clock.now();
    switch (delivery.outcome) {
      case 'posted':
        await this.#options.documents.put('last-post', String(at));
        return this.#save(name, { state: 'posted', at, tries, activityId: delivery.activityId, place });
      case 'later':
        await this.#save(name, { state: 'waiting', at, tries, notBefore: at + delivery.after });
        return undefined;
      case 'closed':
      case 'gone':
        await this.close(place);
        await this.#save(name, { state: 'waiting', at, tries });
        return undefined;
      case 'unknown':
        return this.#save(name, { state: 'unknown', at, tries });
    }
  }

  // A process that died while sending left the answer open: as after a 502, the post is not repeated.
  async #settled(name: string, entry: OutboxEntry): Promise<OutboxEntry | undefined> {
    if (entry.state !== 'sending') return entry;
    const { clock } = this.#options;
    return clock.now() - entry.at > SENDING_TAKES ? this.#save(name, { ...entry, state: 'unknown' }) : undefined;
  }

  async #save(name: string, entry: OutboxEntry): Promise<OutboxEntry> {
    await this.#options.documents.put(`post:${name}`, JSON.stringify(entry));
    return entry;
  }
}

const SENDING_TAKES = 60_000;

function closedName(place: Place): string {
  return `closed:${placeHash(rootOf(place))}`;
}
