import { expect, test } from 'vitest';
import { commandWords } from '../../src/bot/commands/command.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { localeFor } from '../../src/cards/locale.ts';
import { cardCatalogue } from './card-catalogue.ts';

/** Fields of a card that nobody reads. */
const NOT_READ = new Set(['type', 'verb', 'style', 'spacing', 'data', 'color', 'size', 'weight', 'id', 'url', 'width']);

/** What people and foreign servers said in the sample views: it is shown as they said it. */
const AS_SAID = [
  'Not before Monday: the phones still use the old server.',
  'The old server is failing and nobody else can be reached.',
  'Plans for the new hall, all drawings',
  'Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
  'Exchange ready',
  'News come here.',
];
/** Hostile samples, and folders of a mailbox. */
const NAMES = /everyone|n{12}|^ → /;

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value.replaceAll('\u200b', '');
  else if (Array.isArray(value)) for (const each of value) yield* textsOf(each);
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) if (!NOT_READ.has(key)) yield* textsOf(each);
}

const isCommand = (text: string): boolean =>
  COMMANDS.some(({ usage }) => `${text} `.startsWith(`${commandWords(usage)} `));

test('no card in German says a sentence that it says in English, but for commands and for what others said', () => {
  const english = new Set([...cardCatalogue(localeFor('en'))].flatMap(([, card]) => [...textsOf(card)]));
  const left = [...cardCatalogue(localeFor('de'))].flatMap(([name, card]) =>
    [...textsOf(card)]
      .filter((text) => english.has(text) && /[a-z]{3,} [a-z]{3,}/i.test(text))
      .filter((text) => !isCommand(text) && !AS_SAID.includes(text) && !NAMES.test(text))
      .map((text) => `${name}: ${text}`),
  );

  expect(left).toEqual([]);
});
