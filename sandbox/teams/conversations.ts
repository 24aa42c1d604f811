import type { Person } from './people.ts';

/** Something Adaptive Cards or text: what a message carries. */
export interface Attachment {
  readonly contentType: string;
  readonly content: unknown;
}

/** One message as the page shows it. Ids are epoch ms as text, as in Teams. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** Root of its thread; its own id for a root post. */
  readonly rootId: string;
  readonly from: { readonly id: string; readonly name: string; readonly bot: boolean };
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly editedAt?: string;
}

export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'personal';
  /** The person of a personal chat. */
  readonly person?: Person;
}

/** What the page is told as it happens. */
export type Change =
  | { readonly type: 'message' | 'update'; readonly message: Message }
  | { readonly type: 'delete'; readonly conversationId: string; readonly id: string };

/** All conversations and their messages, in memory, with listeners. */
export class Conversations {
  readonly all: readonly Conversation[];
  readonly #messages = new Map<string, Message[]>();
  readonly #listeners = new Set<(change: Change) => void>();
  #lastId = 0;

  constructor(people: readonly Person[]) {
    const channel = (name: string, id: string): Conversation => ({
      id: `19:${id}@thread.tacv2`,
      name,
      kind: 'channel',
    });
    this.all = [
      channel('Mail migration', 'mail-migration-sandbox'),
      channel('Daily report', 'daily-report-sandbox'),
      ...people.map((each): Conversation => ({
        id: `a:1personal-${each.aadObjectId}`,
        name: 'Bellhop',
        kind: 'personal',
        person: each,
      })),
    ];
  }

  find(id: string): Conversation | undefined {
    return this.all.find((each) => each.id === id);
  }

  messages(conversationId: string): readonly Message[] {
    return this.#messages.get(conversationId) ?? [];
  }

  message(conversationId: string, id: string): Message | undefined {
    return this.messages(conversationId).find((each) => each.id === id);
  }

  add(message: Omit<Message, 'id' | 'rootId'> & { readonly rootId?: string }): Message {
    this.#lastId = Math.max(Date.now(), this.#lastId + 1);
    const id = String(this.#lastId);
    const stored = { ...message, id, rootId: message.rootId ?? id };
    this.#messages.set(message.conversationId, [...this.messages(message.conversationId), stored]);
    this.#tell({ type: 'message', message: stored });
    return stored;
  }

  update(message: Message): void {
    const list = this.messages(message.conversationId).map((each) => (each.id === message.id ? message : each));
    this.#messages.set(message.conversationId, list);
    this.#tell({ type: 'update', message });
  }

  delete(conversationId: string, id: string): void {
    this.#messages.set(
      conversationId,
      this.messages(conversationId).filter((each) => each.id !== id),
    );
    this.#tell({ type: 'delete', conversationId, id });
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
