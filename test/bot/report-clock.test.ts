import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cardText } from '../../sandbox/teams/card-text.ts';
import type { Place } from '../../src/bot/chat-port.ts';
import { ConversationBook } from '../../src/bot/conversation-book.ts';
import { Outbox } from '../../src/bot/outbox.ts';
import { postDueReports } from '../../src/bot/report-clock.ts';
import { TeamsAdapter } from '../../src/bot/teams-adapter.ts';
import { localeFor } from '../../src/cards/locale.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { TestClock, memoryDocuments } from '../support/memory-documents.ts';

const NO_IDENTITY = { appId: '', appPassword: '', appType: 'SingleTenant', tenantId: '' };
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Real Redis, real files, the real adapter and a Teams on this machine; clock and the bot's small memory are the test's. */
describe('the daily report comes once per date', () => {
  let bot: BotWorld;
  let place: Place;
  let clock: TestClock;
  let documents: ReturnType<typeof memoryDocuments>;

  beforeAll(async () => {
    bot = await startBotWorld();
    place = {
      serviceUrl: bot.teams.serviceUrl,
      channelId: 'msteams',
      conversationId: bot.channel,
      tenantId: bot.tenantId,
      botId: '28:bellhop',
      botName: 'Bellhop',
      personal: false,
    };
  });
  afterAll(() => bot[Symbol.asyncDispose]());
  beforeEach(() => {
    // A Monday.
    clock = new TestClock('2026-11-23T06:30:00Z');
    documents = memoryDocuments(clock);
  });

  /** A process of its own: nothing but the documents is shared. */
  async function look(): Promise<void> {
    const chat = new TeamsAdapter(NO_IDENTITY, true, LOG, clock);
    const outbox = new Outbox({ documents, chat, clock, timeScale: 1 });
    const world = { ...bot.opened.world, clock };
    await postDueReports({
      world,
      book: new ConversationBook(documents),
      outbox,
      locale: localeFor('de'),
      zone: 'UTC',
    });
  }

  async function schedule(days: readonly number[] = [], zone = 'Europe/Berlin'): Promise<void> {
    await new ConversationBook(documents).scheduleReport(place, { at: 480, days, zone });
  }

  function posted(): readonly string[] {
    const cards = bot.teams.messages(bot.channel).flatMap((message) => message.cards);
    return cards.map((card) => cardText(card).replaceAll('\u200b', '')).filter((text) => text.includes('Tagesbericht'));
  }

  test('at its time in its zone, whoever looks how often, however often it is restarted', async () => {
    await schedule();
    const before = posted().length;
    await look();
    expect(posted()).toHaveLength(before);
    clock.pass(30 * 60_000);
    await Promise.all([look(), look(), look()]);
    await look();
    clock.pass(3 * 3_600_000);
    await look();

    expect(posted()).toHaveLength(before + 1);
    clock.pass(21 * 3_600_000);
    await look();

    expect(posted()).toHaveLength(before + 2);
  });

  test('Bellhop was down at eight: it comes when it is back, and not in the evening', async () => {
    await schedule();
    const before = posted().length;
    clock.pass(4 * 3_600_000);
    await look();
    expect(posted()).toHaveLength(before + 1);
    clock.pass(32 * 3_600_000);
    await look();

    expect(posted()).toHaveLength(before + 1);
  });

  test('only on its days', async () => {
    await schedule([6, 7]);
    const before = posted().length;
    clock.pass(3_600_000);
    for (let day = 0; day < 7; day += 1) {
      clock.pass(24 * 3_600_000);
      await look();
    }

    expect(posted()).toHaveLength(before + 2);
  });

  test('a page and a CSV of every user lie beside it, for the account of Bellhop alone', async () => {
    await schedule();
    clock.pass(30 * 60_000);
    await look();
    const folder = join(bot.directory, 'reports');

    expect(await readdir(folder)).toEqual(expect.arrayContaining(['report-2026-11-23.csv', 'report-2026-11-23.html']));
    expect(await readFile(join(folder, 'report-2026-11-23.html'), 'utf8')).toContain('Tagesbericht');
    expect(await readFile(join(folder, 'report-2026-11-23.csv'), 'utf8')).toContain('EmailAddress');
    expect(posted().at(-1)).toContain('report-2026-11-23.csv');
  });
});
