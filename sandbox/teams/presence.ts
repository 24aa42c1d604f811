import type { ChatLog } from './chat-log.ts';
import type { Conversation, Message } from './conversation.ts';
import type { EventStreams } from './event-streams.ts';
import { messageFor } from './page-view.ts';
import type { Person } from './people.ts';
import type { PeopleAtWork } from './people-at-work.ts';

/** Who looks at which conversation: their tabs hear of every change, their personal card views refresh. */
export class Presence {
  readonly #log: ChatLog;
  readonly #streams: EventStreams;
  readonly #people: readonly Person[];
  readonly #work: PeopleAtWork;
  /** Held open without a tab, by conversation; how tests and the console look at a conversation. */
  readonly #held = new Map<string, Set<string>>();

  constructor(log: ChatLog, streams: EventStreams, people: readonly Person[], work: PeopleAtWork) {
    this.#log = log;
    this.#streams = streams;
    this.#people = people;
    this.#work = work;
    log.onChange((message) => this.#tell(message));
  }

  /** Keeps a conversation open for a person and refreshes what they see there. */
  async hold(person: Person, conversation: Conversation): Promise<void> {
    this.#held.set(conversation.id, (this.#held.get(conversation.id) ?? new Set()).add(person.id));
    await this.opened(person, conversation);
  }

  /** A person opened a conversation: every card in it may refresh. */
  async opened(person: Person, conversation: Conversation): Promise<void> {
    const messages = this.#log.messages(conversation.id).filter((message) => !message.deleted);
    await Promise.all(messages.map((message) => this.#work.refresh(person, conversation, message, 'automatic')));
  }

  /** The bot wrote or edited a message: it refreshes for those who have it in front of them. */
  refreshForOnlookers(message: Message): void {
    const conversation = this.#log.conversation(message.conversationId);
    if (conversation === undefined) return;
    for (const person of this.#people) {
      if (this.#sees(person, conversation)) void this.#work.refresh(person, conversation, message, 'automatic');
    }
  }

  typing(conversation: Conversation, rootId: string | undefined): void {
    for (const tab of this.#streams.listeners) {
      if (conversation.memberIds.includes(tab.person.id)) {
        this.#streams.send(tab, 'typing', { conversationId: conversation.id, rootId });
      }
    }
  }

  #sees(person: Person, conversation: Conversation): boolean {
    return (
      this.#held.get(conversation.id)?.has(person.id) === true ||
      this.#streams.listeners.some((tab) => tab.person.id === person.id && tab.conversationId === conversation.id)
    );
  }

  #tell(message: Message): void {
    const members = this.#log.conversation(message.conversationId)?.memberIds ?? [];
    for (const tab of this.#streams.listeners) {
      const shown = members.includes(tab.person.id) ? messageFor(tab.person, message) : undefined;
      if (shown !== undefined) this.#streams.send(tab, 'message', shown);
    }
  }
}
