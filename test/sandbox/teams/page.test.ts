import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLocalTeams } from '../../../sandbox/teams/local-teams.ts';
import type { LocalTeams } from '../../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../../sandbox/teams/people.ts';
import { launchChromium, NO_BROWSER } from '../../support/render-card.ts';
import { approvalCard, approverView, batchCard } from './sample-card.ts';
import { cardAnswer, errorAnswer, startTestBot, withCard } from './test-bot.ts';
import type { TestBot } from './test-bot.ts';

const APPROVERS = SAMPLE_PEOPLE.slice(1, 3).map(({ id }) => id);

async function startBatch(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Start a post' }).fill('start batch demo');
  await page.keyboard.press('Enter');
  await page.getByText('State: Syncing').waitFor();
}

describe.skipIf(NO_BROWSER !== undefined)('the page in a real browser', () => {
  let browser: Browser;
  let teams: LocalTeams;
  let bot: TestBot;
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    bot = await startTestBot({
      async onMessage(context) {
        const { text, value } = context.activity;
        if (value !== undefined) {
          await context.sendActivity('Status: fine');
          return;
        }
        if (text?.includes('cutover')) {
          await context.sendActivity(withCard(approvalCard(APPROVERS)));
          return;
        }
        await context.sendActivity({ type: 'typing' });
        await context.sendActivity(withCard(batchCard('Syncing')));
      },
      async onCardAction(context, value) {
        if (value.action.verb === 'approvalView') return cardAnswer(approverView(context.activity.from.name));
        if (value.action.verb === 'approve') {
          await context.updateActivity({ ...withCard(batchCard('Approved')), id: context.activity.replyToId ?? '' });
          return cardAnswer(batchCard('Approved by you'));
        }
        if (value.action.verb === 'stopBatch') return cardAnswer(batchCard('Stopped'));
        return errorAnswer('Forbidden', `No ${value.action.verb} for you: ${String(value.action.data?.['reason'])}`);
      },
    });
  });

  afterAll(async () => {
    await browser?.close();
    await teams?.close();
    await bot?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await teams?.close();
    problems = [];
    teams = await startLocalTeams({
      bot: { id: '28:00000000-0000-4000-8000-00000000be11', name: 'Bellhop' },
      people: SAMPLE_PEOPLE,
      tenantId: SAMPLE_TENANT,
      refreshPause: 0,
      rateLimits: false,
      commands: [{ title: 'start batch', description: 'Start the initial sync' }],
    });
    await teams.setBot(bot.url);
  });

  async function open(as: string, width = 1280): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    // Everything the browser complains about counts: CSP, missing files, exceptions.
    page.on('console', (entry) => void (entry.type() === 'error' && problems.push(entry.text())));
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${teams.url}/?as=${as}`);
    await page.getByRole('textbox', { name: 'Start a post' }).waitFor();
    return page;
  }

  test('a newcomer types a command without a mention and gets a card that later changes in place', async () => {
    const page = await open('operator-a');
    await page.getByText('Bellhop is here').waitFor();

    await startBatch(page);
    const message = await teams.waitFor(({ cards }) => cards.length > 0, 5000);
    const reference = {
      channelId: 'msteams',
      serviceUrl: teams.serviceUrl,
      conversation: { id: message.conversationId },
    };
    await bot.adapter.continueConversationAsync('', { ...reference, bot: teams.bot } as never, async (context) => {
      await context.updateActivity({ ...withCard(batchCard('Synced')), id: message.id });
    });
    await page.getByText('State: Synced').waitFor();

    expect(bot.received.at(-1)?.text ?? bot.received.at(-2)?.text).toContain('<at>Bellhop</at>&nbsp;start batch demo');
    expect(await page.locator('.card').count()).toBe(1);
    expect(await page.getByText('Badge Synced').count()).toBe(1);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a button shows that it works, then the card the bot answered', async () => {
    const page = await open('operator-a');
    await startBatch(page);

    await page.getByRole('button', { name: 'Stop batch' }).click();
    await page.getByText('State: Stopped').waitFor();

    expect(await page.locator('.card.busy').count()).toBe(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a refused action shows the reason, a required input is asked for first', async () => {
    const page = await open('viewer-a');
    await startBatch(page);

    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByText('Please give a reason.').waitFor();
    await page.getByLabel('Why not?').fill('not before Monday');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();

    await page.getByText('✕ No reject for you: not before Monday').waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('what somebody is typing into a card survives an edit of the card', async () => {
    const page = await open('operator-a');
    await startBatch(page);
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel('Why not?').fill('half a sen');

    const message = await teams.waitFor(({ cards }) => cards.length > 0, 5000);
    const reference = {
      channelId: 'msteams',
      serviceUrl: teams.serviceUrl,
      conversation: { id: message.conversationId },
    };
    await bot.adapter.continueConversationAsync('', { ...reference, bot: teams.bot } as never, async (context) => {
      await context.updateActivity({ ...withCard(batchCard('Synced')), id: message.id });
    });
    await page.getByText('State: Synced').waitFor();
    await page.keyboard.type('tence');

    expect(await page.getByLabel('Why not?').inputValue()).toBe('half a sentence');
    await page.context().close();
  });

  test('the overflow menu, Action.Submit and a reply in the thread work with the keyboard alone', async () => {
    const page = await open('operator-a');
    await startBatch(page);

    await page.getByRole('button', { name: 'More options' }).last().press('Enter');
    await page.getByRole('menuitem', { name: 'Export' }).press('Enter');
    await page.getByText('✕ No export for you').waitFor();
    await page.getByRole('button', { name: 'Status' }).press('Enter');
    await page.getByText('Status: fine').waitFor();
    await page.getByRole('button', { name: 'Reply', exact: true }).press('Enter');
    await page.keyboard.type('start batch again');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.card').count()).toBe(2);

    expect(await page.locator('.thread').count()).toBe(1);
    await page.context().close();
  });

  test('two people see their own view of an approval, and both see the decision', async () => {
    const operator = await open('operator-a');
    const approver = await open('approver-a');

    await operator.getByRole('textbox', { name: 'Start a post' }).fill('start cutover demo');
    await operator.keyboard.press('Enter');
    await approver.getByText('Approver A, it is up to you').waitFor();
    await operator.getByText('Waiting for an approver').waitFor();
    const operatorButtons = await operator.getByRole('button', { name: 'Approve', exact: true }).count();
    await approver.getByRole('button', { name: 'Approve', exact: true }).click();
    await approver.getByText('State: Approved by you').waitFor();
    await operator.getByText('State: Approved').waitFor();

    expect(operatorButtons).toBe(0);
    expect(problems).toEqual([]);
    await operator.context().close();
    await approver.context().close();
  });

  test('switching the person keeps the page and changes who writes', async () => {
    const page = await open('operator-a');

    await page.getByRole('button', { name: 'Approver B', exact: false }).first().click();
    await page.getByRole('textbox', { name: 'Start a post' }).fill('start batch demo');
    await page.keyboard.press('Enter');
    await page.getByText('State: Syncing').waitFor();

    expect(teams.messages(teams.channel('Mail migration').id)[0]?.author.name).toBe('Approver B');
    expect(new URL(page.url()).searchParams.get('as')).toBe('approver-b');
    await page.context().close();
  });

  test('without the mention the page says that the bot does not hear, and offers it again', async () => {
    const page = await open('operator-a');

    await page.getByRole('button', { name: 'Remove the mention of Bellhop' }).click();
    await page.getByText('Without a mention Bellhop does not see this.').waitFor();
    await page.keyboard.type('@B');
    await page.getByRole('option', { name: '@Bellhop' }).waitFor();
    await page.keyboard.press('Enter');

    await page.getByRole('button', { name: 'Remove the mention of Bellhop' }).waitFor();
    await page.context().close();
  });

  test('an edit does not move what is being read', async () => {
    const page = await open('operator-a');
    for (let index = 0; index < 5; index += 1)
      await teams.say('operator-a', teams.channel('Mail migration').id, '@Bellhop start batch demo');
    await expect.poll(() => page.locator('.card').count()).toBe(5);
    await page.evaluate("document.querySelectorAll('.thread')[1].scrollIntoView()");
    const before = await page.evaluate<number>("document.querySelectorAll('.card')[1].getBoundingClientRect().top");

    const first = teams.messages(teams.channel('Mail migration').id).find(({ cards }) => cards.length > 0);
    const tall = batchCard('Synced', {
      body: Array.from({ length: 12 }, (_, index) => ({ type: 'TextBlock', text: `Line ${index}` })),
    });
    const reference = {
      channelId: 'msteams',
      serviceUrl: teams.serviceUrl,
      conversation: { id: first?.conversationId },
    };
    await bot.adapter.continueConversationAsync('', { ...reference, bot: teams.bot } as never, async (context) => {
      await context.updateActivity({ ...withCard(tall), id: first?.id ?? '' });
    });
    await page.getByText('Line 11').waitFor({ state: 'attached' });

    const after = await page.evaluate<number>("document.querySelectorAll('.card')[1].getBoundingClientRect().top");
    expect(Math.abs(after - before)).toBeLessThan(2);
    await page.context().close();
  });

  test('at the width of a phone nothing sticks out and the conversations open as a drawer', async () => {
    const page = await open('operator-a', 340);
    await startBatch(page);

    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    await page.getByRole('button', { name: 'Conversations and people' }).click();
    await page.getByRole('button', { name: 'Daily report' }).click();
    await page.getByRole('heading', { name: 'Daily report' }).waitFor();

    expect(overflow).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});

describe('the page and other sites', () => {
  test.each([
    ['a foreign origin', { origin: 'https://example.com' }, 403],
    ['a rebound host name', { host: 'example.com' }, 403],
    ['the page itself', {}, 200],
  ])('%s', async (_name, headers, status) => {
    await using local = await startLocalTeams({
      bot: { id: '28:b', name: 'Bellhop' },
      people: SAMPLE_PEOPLE,
      tenantId: SAMPLE_TENANT,
    });
    const { request } = await import('node:http');

    const answer = await new Promise<{ status: number | undefined; policy: unknown }>((resolve, reject) => {
      request(`${local.url}/`, { headers }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, policy: response.headers['content-security-policy'] });
      })
        .on('error', reject)
        .end();
    });

    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.policy).toContain("default-src 'none'; script-src 'self'");
  });

  test.each(['/../local-teams.ts', '/%2e%2e/local-teams.ts', '/lib/other.js', '/nothing.js'])(
    '%s is not served',
    async (path) => {
      await using local = await startLocalTeams({
        bot: { id: '28:b', name: 'Bellhop' },
        people: SAMPLE_PEOPLE,
        tenantId: SAMPLE_TENANT,
      });

      const response = await fetch(`${local.url}${path}`);

      expect(response.status).toBe(404);
    },
  );
});
