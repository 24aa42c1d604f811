import type { Conversation, Message } from './conversation.ts';
import { cardSeenBy } from './conversation.ts';
import { objectAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import { handleOf } from './people.ts';
import type { Person } from './people.ts';

/** How many messages of a conversation a page loads. */
const LOADED = 300;

/** A message as the page of one person gets it, or undefined when that person does not see it. */
export function messageFor(person: Person, message: Message): JsonObject | undefined {
  if (message.onlyFor !== undefined && message.onlyFor !== person.id) return undefined;
  const { views: _views, cards, ...shown } = message;
  const own = cardSeenBy(message, person.id);
  const seen = own === undefined ? [] : [own, ...cards.slice(1)];
  return {
    ...shown,
    author: { ...message.author, handle: handleOf(message.author.name) },
    cards: seen,
    isOwnView: message.views[person.id] !== undefined,
    canRefresh: objectAt(objectAt(cards[0], 'refresh'), 'action')['type'] === 'Action.Execute',
  };
}

/** A person as the page shows them. */
export function personForPage(person: Person): JsonObject {
  return {
    id: person.id,
    handle: handleOf(person.name),
    name: person.name,
    role: person.role,
    address: person.userPrincipalName,
    isForeign: person.tenantId !== undefined,
  };
}

/** The conversations a person is in, with their latest messages. */
export function conversationsFor(
  person: Person,
  conversations: readonly Conversation[],
  messagesOf: (conversationId: string) => readonly Message[],
): readonly JsonObject[] {
  return conversations
    .filter((conversation) => conversation.memberIds.includes(person.id))
    .map((conversation) => ({
      id: conversation.id,
      kind: conversation.kind,
      name: conversation.name,
      team: conversation.team?.name,
      members: conversation.memberIds.length,
      messages: messagesOf(conversation.id)
        .slice(-LOADED)
        .map((message) => messageFor(person, message))
        .filter((message) => message !== undefined),
    }));
}
