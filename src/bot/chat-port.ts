import type { Card } from '../cards/elements.ts';

/** A conversation Bellhop can post to: what was learned from an activity, as JSON-able data. */
export interface Place {
  readonly serviceUrl: string;
  readonly channelId: string;
  readonly conversationId: string;
  readonly tenantId: string;
  readonly botId: string;
  readonly botName: string;
  /** False in channels and group chats. */
  readonly personal: boolean;
}

/** What became of a post or an edit. */
export type Delivery =
  | { readonly outcome: 'posted'; readonly activityId: string }
  /** It was certainly not taken (429, no connection): send it again, not before `after` ms. */
  | { readonly outcome: 'later'; readonly after: number }
  /** It may or may not have been taken (5xx, a connection that broke): a post is not repeated, an edit may be. */
  | { readonly outcome: 'unknown' }
  /** The message is not there any more (edits only). */
  | { readonly outcome: 'gone' }
  /** Bellhop was removed or blocked here: nothing can be sent until it is back. */
  | { readonly outcome: 'closed' };

/** What Bellhop needs of the chat outside of a turn. Implemented by the Bot Framework today; small, so that it can be replaced. */
export interface ChatPort {
  /** Posts a card, once. Never throws for what the chat answers. */
  post(place: Place, card: Card): Promise<Delivery>;
  /** Replaces a card in place; posted means edited. */
  update(place: Place, activityId: string, card: Card): Promise<Delivery>;
}
