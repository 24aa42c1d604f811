import { createHash } from 'node:crypto';
import type { Place } from './chat-port.ts';

/** A short name of a conversation for keys; ids of Teams are long and full of signs. */
export function placeHash({ conversationId }: Pick<Place, 'conversationId'>): string {
  return createHash('sha256').update(conversationId).digest('hex').slice(0, 16);
}
