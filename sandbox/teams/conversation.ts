import type { JsonObject } from './json-value.ts';

/** A team: the home of channels. Its id is the id of its General channel, as in Teams. */
export interface Team {
  readonly id: string;
  readonly aadGroupId: string;
  readonly name: string;
}

/** A place where people and the bot write. */
export interface Conversation {
  /** `19:...@thread.tacv2` a channel, `19:...@thread.v2` a group chat, `a:...` a chat of one person with the bot. */
  readonly id: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
  readonly name: string;
  /** Teams ids of the people in it. */
  readonly memberIds: readonly string[];
  readonly team?: Team;
}

/** A person or bot named in a text, as it stands between `<at>` and `</at>`. */
export interface Mention {
  readonly id: string;
  readonly name: string;
}

export interface FileOffer {
  readonly name: string;
  readonly description: string;
  readonly acceptContext: unknown;
  readonly declineContext: unknown;
  readonly answer?: 'accept' | 'decline';
}

/** One message of the log. Never changed in place: an edit is a new object with a higher revision. */
export interface Message {
  /** Milliseconds since 1970 as a string, unique and rising: what Teams uses as activity id. */
  readonly id: string;
  readonly conversationId: string;
  /** The root post, when this is a reply in a channel. */
  readonly rootId?: string;
  readonly author: { readonly id: string; readonly name: string; readonly kind: 'person' | 'bot' };
  readonly text: string;
  readonly textFormat: 'plain' | 'markdown' | 'xml';
  readonly cards: readonly JsonObject[];
  readonly attachments: readonly string[];
  readonly mentions: readonly Mention[];
  /** A file the bot offers, and what its person answered. */
  readonly fileOffer?: FileOffer;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly editedAt?: number;
  readonly deleted: boolean;
  readonly revision: number;
  /** A targeted message: only this person sees it. */
  readonly onlyFor?: string;
  /** Whether the bot took a person's message; undefined: it was not for the bot. */
  readonly delivery?: 'pending' | 'taken' | 'failed';
  /** Cards that only one person sees: the answer to a button or a refresh, until the bot edits the message. */
  readonly views: Readonly<Record<string, JsonObject>>;
}

/** Takes apart `19:...@thread.tacv2;messageid=1700000000000`. */
export function splitConversationId(id: string): { readonly base: string; readonly rootId: string | undefined } {
  const [base = '', ...rest] = id.split(';messageid=');
  return { base, rootId: rest[0] };
}

/** The conversation id activities of a message carry: in channels it names the thread. */
export function threadIdOf(conversation: Conversation, message: Pick<Message, 'id' | 'rootId'>): string {
  return conversation.kind === 'channel'
    ? `${conversation.id};messageid=${message.rootId ?? message.id}`
    : conversation.id;
}

/** The card a person sees on a message: their own view or the one everybody gets. */
export function cardSeenBy(message: Message, personId: string): JsonObject | undefined {
  return message.views[personId] ?? message.cards[0];
}
