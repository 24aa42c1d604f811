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

/** What Bellhop needs of the chat outside of a turn. Implemented by the Bot Framework today; small, so that it can be replaced. */
export interface ChatPort {
  /** Posts a card; returns its activity id. */
  post(place: Place, card: Card): Promise<string>;
  /** Replaces a card in place; `gone` when the message is not there any more. */
  update(place: Place, activityId: string, card: Card): Promise<'updated' | 'gone'>;
}
