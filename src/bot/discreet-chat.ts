import { addressesIn, discreet } from '../cards/discreet.ts';
import type { Locale } from '../cards/locale.ts';
import type { ChatPort, Place } from './chat-port.ts';
import type { Turn } from './migration-bot.ts';

/** The chat, with cards that name nobody where many read them. */
export function discreetChat(chat: ChatPort, locale: Locale): ChatPort {
  return {
    post: (place, card) => chat.post(place, place.personal ? card : discreet(card, locale)),
    update: (place, activityId, card) => chat.update(place, activityId, place.personal ? card : discreet(card, locale)),
  };
}

/** A turn likewise; the addresses its own words name are no news to anybody. */
export function discreetTurn(turn: Turn, { personal }: Place, words: string, locale: Locale): Turn {
  if (personal) return turn;
  const named = addressesIn(words);
  return {
    ...turn,
    reply: (card) => turn.reply(discreet(card, locale, named)),
    answer: (result) => turn.answer('card' in result ? { card: discreet(result.card, locale, named) } : result),
  };
}
