import { createHash } from 'node:crypto';
import type { BatchName } from '../engine/domain/ids.ts';
import type { Place } from './chat-port.ts';

/** Small JSON texts kept somewhere durable. */
export interface Documents {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
  putIfAbsent(name: string, text: string, ttl?: number): Promise<boolean>;
  names(prefix: string): Promise<readonly string[]>;
}

/** A card in a conversation. */
export interface PostedCard {
  readonly place: Place;
  readonly activityId: string;
}

/** A card that waits for the answer of a job. */
export interface PendingCard extends PostedCard {
  readonly request: string;
  /** What it is about: an endpoint's or a batch' name. */
  readonly about: string;
}

const ACTIVITY_MEMORY = 10 * 60_000;

/** What Bellhop remembers of conversations: live cards, cards that wait for an answer, activities it has seen. */
export class ConversationBook {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** True for the first delivery of an activity; Teams may deliver one twice. */
  async isNew(activityId: string): Promise<boolean> {
    return activityId === '' || this.#documents.putIfAbsent(`seen:${activityId}`, '1', ACTIVITY_MEMORY);
  }

  /** Makes a card the live card of a batch in its conversation; the one before becomes history. */
  async pin(batch: BatchName, card: PostedCard): Promise<void> {
    await this.#documents.put(pinName(batch, card.place), JSON.stringify(card));
  }

  async unpin(batch: BatchName, card: PostedCard): Promise<void> {
    await this.#documents.delete(pinName(batch, card.place));
  }

  async pinned(batch: BatchName): Promise<readonly PostedCard[]> {
    return this.#read<PostedCard>(`pin:${batch}:`);
  }

  /** Batches that have a live card somewhere. */
  async pinnedBatches(): Promise<readonly BatchName[]> {
    const names = await this.#documents.names('pin:');
    return [...new Set(names.map((name) => name.split(':')[1] as BatchName))];
  }

  async expect(card: PendingCard): Promise<void> {
    await this.#documents.put(`pending:${card.request}`, JSON.stringify(card));
  }

  async expected(request: string): Promise<PendingCard | undefined> {
    const text = await this.#documents.get(`pending:${request}`);
    return text === undefined ? undefined : (JSON.parse(text) as PendingCard);
  }

  async allExpected(): Promise<readonly PendingCard[]> {
    return this.#read<PendingCard>('pending:');
  }

  async answered(request: string): Promise<void> {
    await this.#documents.delete(`pending:${request}`);
  }

  async #read<Kind>(prefix: string): Promise<readonly Kind[]> {
    const names = await this.#documents.names(prefix);
    const texts = await Promise.all(names.map((name) => this.#documents.get(name)));
    return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Kind]));
  }
}

function pinName(batch: BatchName, { conversationId }: Place): string {
  return `pin:${batch}:${createHash('sha256').update(conversationId).digest('hex').slice(0, 16)}`;
}
