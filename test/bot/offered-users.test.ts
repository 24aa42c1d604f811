import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offersUsers } from '../../src/bot/offered-users.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { redisText } from '../support/redis-text.ts';

const HEADER = 'EmailAddress,UserName,Password';

function html(content: string) {
  return [{ contentType: 'text/html', content }];
}

describe('a list of users is recognised', () => {
  test.each([
    ['the header', HEADER],
    ['behind a mention', `<at>Bellhop</at>&nbsp;${HEADER}\na@example.com,a,p`],
    ['in lower case, by semicolons', 'emailaddress; username; password'],
    ['with its columns in another order and quotes', '"Password";"EmailAddress";"UserName"'],
    ['rows without the header', 'a@example.com,a,secret\nb@example.com,b,secret'],
    ['one row behind words', 'import a@example.com;a@old.example;secret'],
    ['tabs', 'a@example.com\ta\tp@ss'],
  ])('%s', (_title, text) => {
    expect(offersUsers(text, [])).toBe(true);
  });

  test('a table pasted from a spreadsheet', () => {
    const table = '<table><tr><td>a@example.com</td><td>a</td><td>secret</td></tr></table>';

    expect(offersUsers('a@example.com a secret', html(table))).toBe(true);
  });

  test.each([
    [
      'a file of Teams',
      { contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'anything', content: {} },
    ],
    ['a CSV', { contentType: 'reference', name: 'Users.CSV' }],
    ['a workbook', { contentType: 'application/octet-stream', name: 'users.xlsx' }],
  ])('%s, without opening it', (_title, attachment) => {
    expect(offersUsers('add users sales-1', [attachment])).toBe(true);
  });
});

describe('what is none passes', () => {
  test.each([
    'sync now a@example.com',
    'a@example.com, b@example.com, c@example.com',
    'create batch sales-1 endpoint=mail-hq exclude="Junk,Archive/*,Old"',
    'what are the columns: EmailAddress?',
    'hello, world; how are you?',
    ...COMMANDS.flatMap(({ examples }) => examples),
  ])('%s', (text) => {
    expect(offersUsers(text, html(`<p>${text}</p>`))).toBe(false);
  });

  test.each([','.repeat(20_000), '<'.repeat(20_000), 'a@b.c '.repeat(4_000), '\t@'.repeat(50_000)])(
    'SEC23: 20,000 characters made to be slow to read (%#)',
    (text) => {
      expect(offersUsers(text, html(text))).toBe(false);
    },
  );
});

describe('said to Bellhop', () => {
  let world: BotWorld;
  beforeAll(async () => {
    world = await startBotWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('it is refused with the reason and the way, and kept nowhere', async () => {
    const { cards } = await world.ask(`${HEADER}\na@example.com,a,canary-not-a-password`);

    expect(JSON.stringify(cards)).toContain('do not belong in chat');
    expect(JSON.stringify(cards).replaceAll('\u200b', '')).toContain('add users <batch> endpoint=<name>');
    expect(JSON.stringify(cards)).not.toContain('canary');
    expect(await redisText(world.opened.redis)).not.toContain('canary-not-a-password');
  });
});
