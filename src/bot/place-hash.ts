import { createHash } from 'node:crypto';
import type { Place } from './chat-port.ts';

/** A short name of a conversation for keys; ids of Teams are long and full of signs. */
export function placeHash({ conversationId }: Pick<Place, 'conversationId'>): string {
  return createHash('sha256').update(conversationId).digest('hex').slice(0, 16);
}

/** The channel of a thread: every thread has an id of its own. A chat is its own. */
export function rootOf(place: Place): Place {
  const [conversationId = ''] = place.conversationId.split(';');
  return { ...place, conversationId };
}
