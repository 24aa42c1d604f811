import { describe, expect, test } from 'vitest';
import { addressesIn, discreet } from '../../src/cards/discreet.ts';
import { type Card, SAID } from '../../src/cards/elements.ts';
import { localeFor } from '../../src/cards/locale.ts';
import { confirmCard } from '../../src/cards/confirm-card.ts';
import { clusterCard } from '../../src/cards/cluster-card.ts';
import { errorCard } from '../../src/cards/error-card.ts';
import { userCard } from '../../src/cards/user-card.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import { cardCatalogue } from './card-catalogue.ts';
import { CLUSTER } from './sample-news.ts';
import { sampleUser } from './sample-views.ts';

/** Every text people see, without what repeats somebody's own words. */
function* texts(value: unknown, key = ''): Generator<string> {
  if (typeof value === 'string' && !['type', 'verb', 'id', 'style'].includes(key))
    yield value.replaceAll(/[\u200b\\]/g, '');
  if (typeof value !== 'object' || value === null || Reflect.get(value, SAID) === true) return;
  const isAction = String(Reflect.get(value, 'type')).startsWith('Action.');
  for (const [name, each] of Object.entries(value)) if (!isAction || name === 'title') yield* texts(each, name);
}

function shownIn({ fallbackText, body, actions }: Card): readonly string[] {
  return [...texts(body), ...texts(actions), fallbackText.replaceAll(/[\u200b\\]/g, '')];
}

describe('a card for a conversation of many', () => {
  const cards = (['en', 'de'] as const).flatMap((language) =>
    [...cardCatalogue(localeFor(language))].map(([name, card]) => [`${name} (${language})`, card] as const),
  );

  // Help speaks of addresses nobody has.
  test.each(cards.filter(([name]) => !name.startsWith('help') && !name.startsWith('form')))(
    '%s names nobody',
    (_name, card) => {
      for (const text of shownIn(discreet(card, localeFor('en'))))
        expect(text).not.toMatch(/[\p{L}\p{N}]@[\p{L}\p{N}]/u);
    },
  );

  test('a cause in a channel: how many, which domain, where to ask; nobody by name', () => {
    const said = shownIn(discreet(clusterCard(CLUSTER), localeFor('en'))).join('\n');

    expect(said).toContain('312');
    expect(said).toContain('…@example.com');
    expect(said).not.toMatch(/counter|stock/);
    expect(said).toContain('Addresses are shown in your chat with Bellhop alone.');
  });

  test('what somebody wrote there is no secret, and the card they asked for says whose it is', () => {
    const [user] = shownIn(discreet(userCard(sampleUser()), localeFor('en'))).filter((text) =>
      text.includes('example.com'),
    );
    const unknown = errorCard(failure('UnknownUser', { address: 'Nobody@example.com' }));
    const named = addressesIn('status Nobody@example.com');

    expect(user ?? userCard(sampleUser()).body[0]).toBeDefined();
    expect(shownIn(discreet(unknown, localeFor('en'), named)).join('\n')).toMatch(/nobody@example\.com/i);
    expect(shownIn(discreet(unknown, localeFor('en'))).join('\n')).not.toMatch(/nobody@/i);
  });

  test('a list of one domain is said once', () => {
    const sample = ['a@example.com', 'b@example.com', 'c@example.com'];
    const asked = confirmCard({ text: 'retry sales-1', title: 'Retry', count: 9, sample });

    expect(shownIn(discreet(asked, localeFor('en'))).filter((text) => text.includes('@'))).toEqual(['…@example.com']);
  });

  test('a call of the bot is no address', () => {
    const help = errorCard(failure('UsageError', { detail: 'Write @Bellhop help.', command: 'help' }));

    expect(shownIn(discreet(help, localeFor('en'))).join('\n')).toContain('@Bellhop');
    expect(JSON.stringify(discreet(help, localeFor('en')))).toBe(JSON.stringify(help));
  });
});
