import type { Card } from './elements.ts';
import { foreign } from './foreign-text.ts';

/** Somebody who has to act, by the id Teams knows them by. */
export interface Mention {
  readonly id: string;
  readonly name: string;
}

/** The words that ring. The text of a mention and of its entity must be the same, or Teams shows neither. */
export function mentionText({ name }: Mention): string {
  return `<at>${foreign(name, 60).replaceAll(/[<>&\\*_[\]()~#`|!:/\u200b]/g, '')}</at>`;
}

/** The card, with the mentions its text holds. */
export function withMentions(made: Card, mentions: readonly Mention[]): Card {
  if (mentions.length === 0) return made;
  const entities = mentions.map((mention) => {
    const text = mentionText(mention);
    return { type: 'mention', text, mentioned: { id: mention.id, name: text.slice(4, -5) } };
  });
  return { ...made, msteams: { entities } };
}
