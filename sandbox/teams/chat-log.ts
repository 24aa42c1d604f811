import type { JsonObject } from './json-value.ts';
import type { Conversation, Message } from './conversation.ts';

/** What a new message needs; the log adds id, time and revision. */
export type Draft = Omit<Message, 'id' | 'createdAt' | 'deleted' | 'revision' | 'views'>;

/** Conversations and their messages, in memory, with everybody who listens told of every change. */
export class ChatLog {
  readonly #conversations = new Map<string, Conversation>();
  readonly #messages = new Map<string, Message>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;

  get conversations(): readonly Conversation[] {
    return [...this.#conversations.values()];
  }

  addConversation(conversation: Conversation): Conversation {
    this.#conversations.set(conversation.id, conversation);
    return conversation;
  }

  conversation(id: string): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /** Messages of a conversation in the order they were written. */
  messages(conversationId: string): readonly Message[] {
    return [...this.#messages.values()].filter((message) => message.conversationId === conversationId);
  }

  get allMessages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  message(conversationId: string, id: string): Message | undefined {
    const message = this.#messages.get(id);
    return message?.conversationId === conversationId ? message : undefined;
  }

  add(draft: Draft): Message {
    // Ids are times in Teams, too; two messages in one millisecond still need two ids.
    this.#lastId = Math.max(Date.now(), this.#lastId + 1);
    return this.#put({
      ...draft,
      id: String(this.#lastId),
      createdAt: this.#lastId,
      deleted: false,
      revision: 1,
      views: {},
    });
  }

  /** An edit by the author. Personal views fall away: everybody sees the new message until a refresh. */
  edit(message: Message, change: Partial<Draft>): Message {
    return this.#put({ ...message, ...change, editedAt: Date.now(), revision: message.revision + 1, views: {} });
  }

  setDelivery(message: Message, delivery: 'taken' | 'failed'): Message {
    const now = this.#messages.get(message.id) ?? message;
    return this.#put({ ...now, delivery, revision: now.revision + 1 });
  }

  setView(message: Message, personId: string, card: JsonObject): Message {
    const now = this.#messages.get(message.id) ?? message;
    return this.#put({ ...now, revision: now.revision + 1, views: { ...now.views, [personId]: card } });
  }

  /** Somebody took an offered file, or not: an offer is answered once. */
  setFileAnswer(message: Message, answer: 'accept' | 'decline'): Message {
    const now = this.#messages.get(message.id) ?? message;
    if (now.fileOffer === undefined) return now;
    return this.#put({ ...now, revision: now.revision + 1, fileOffer: { ...now.fileOffer, answer } });
  }

  remove(message: Message): Message {
    return this.#put({ ...message, deleted: true, text: '', cards: [], views: {}, revision: message.revision + 1 });
  }

  /** Calls back on every change until the returned function is called. */
  onChange(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(message: Message): Message {
    this.#messages.set(message.id, message);
    for (const listener of this.#listeners) listener(message);
    return message;
  }
}
