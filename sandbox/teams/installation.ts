import { setTimeout as pause } from 'node:timers/promises';
import { installActivities } from './activities.ts';
import type { Sender } from './activities.ts';
import type { BotEndpoint } from './bot-endpoint.ts';
import type { Conversation } from './conversation.ts';
import type { Person } from './people.ts';

const RETRY_AFTER = 300;

/** Where the bot is installed, and telling the bot about it. An app is installed in a team (not a channel) or in a chat. */
export class Installation {
  readonly #endpoint: BotEndpoint;
  readonly #sender: Sender;
  readonly #people: readonly Person[];
  readonly #closing: AbortSignal;
  readonly #removedFrom = new Set<string>();

  constructor(endpoint: BotEndpoint, sender: Sender, people: readonly Person[], closing: AbortSignal) {
    this.#endpoint = endpoint;
    this.#sender = sender;
    this.#people = people;
    this.#closing = closing;
  }

  has(conversation: Conversation): boolean {
    return !this.#removedFrom.has(placeOf(conversation));
  }

  /** Tells the bot that it was added to every team and chat it is installed in. */
  async announce(conversations: readonly Conversation[]): Promise<void> {
    const installed = conversations.filter((conversation) => this.has(conversation));
    const places = new Map(installed.map((conversation) => [placeOf(conversation), conversation]));
    for (const conversation of places.values()) await this.#tell(conversation, 'add');
  }

  async add(conversation: Conversation): Promise<void> {
    this.#removedFrom.delete(placeOf(conversation));
    await this.#tell(conversation, 'add');
  }

  async remove(conversation: Conversation): Promise<void> {
    this.#removedFrom.add(placeOf(conversation));
    await this.#tell(conversation, 'remove');
  }

  async #tell(conversation: Conversation, action: 'add' | 'remove'): Promise<void> {
    const person = this.#people.find(({ id }) => conversation.memberIds.includes(id));
    if (person === undefined) return;
    for (const activity of installActivities(this.#sender, conversation, person, action)) {
      // Teams would not try again; here the bot may still be starting, and nobody wants to start two programs in order.
      while (!this.#closing.aborted && (await this.#endpoint.post(activity)).status === 0) {
        await pause(RETRY_AFTER, undefined, { signal: this.#closing }).catch(() => undefined);
      }
    }
  }
}

function placeOf(conversation: Conversation): string {
  return conversation.team?.id ?? conversation.id;
}
