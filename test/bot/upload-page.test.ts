import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../sandbox/source/free-port.ts';
import type { BatchName, EndpointName } from '../../src/engine/domain/ids.ts';
import { offerUpload } from '../../src/engine/uploads.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { NO_BROWSER, launchChromium } from '../support/render-card.ts';

/** Set to keep the pictures: `CARD_PICTURES=/some/folder`. */
const FOLDER = process.env['CARD_PICTURES'] ?? join(tmpdir(), 'bellhop-cards');
const HEADER = 'EmailAddress,UserName,Password';

describe.skipIf(NO_BROWSER !== undefined)('the upload page in a browser', () => {
  let bot: BotWorld;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let number = 0;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    const port = String(await freePort());
    bot = await startBotWorld({ PORT: port, BELLHOP_PUBLIC_URL: `http://127.0.0.1:${port}` });
    await bot.ask('add endpoint mail-hq host=imap.example.com');
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await bot[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    number += 1;
    complaints = [];
  });
  // What a strict policy forbids, and what a script stumbles over, is said on the console.
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
    const batch = `sales-${number}` as BatchName;
    const by = { id: 'operator-a', name: 'Operator A' };
    const { url } = await offerUpload(bot.opened.world, { batch, endpoint: 'mail-hq' as EndpointName }, by);
    page = await browser.newPage({ viewport: { width: 1000, height: 900 }, ...options });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
  }

  function choose(text: string, name = 'users.csv'): Promise<void> {
    return page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  }

  async function picture(name: string): Promise<void> {
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(FOLDER, `upload-${name}.png`), fullPage: true });
  }

  const rows = (count: number): string =>
    Array.from({ length: count }, (_, at) => `user.${at}.${number}@example.com,user.${at},p`).join('\n');

  test('a good file is in, and the page says what comes next', async () => {
    await open();
    await picture('open');

    await choose(`${HEADER}\n${rows(250)}`);

    await page.getByRole('heading', { name: '250 users added' }).waitFor();
    expect(await page.locator('.band').textContent()).toContain(`check batch sales-${number}`);
    expect(await page.locator('#drop').isVisible()).toBe(false);
    await picture('done');
    await page.reload();
    await page.getByRole('heading', { name: 'This link has been used' }).waitFor();
    await picture('used');
    // The browser itself notes that the page is gone.
    complaints = complaints.filter((each) => !each.includes('410'));
  });

  test('a file with problems shows all of them; the refused rows come down, are mended and go up by the same link', async () => {
    await open();
    await choose(
      `${HEADER}\n${rows(20)}\nnobody,b,secret-1\nc.${number}@example.com,,secret-2\n${'bad,,\n'.repeat(300)}`,
    );

    await page.getByRole('heading', { name: '20 users added, 302 rows refused' }).waitFor();
    expect(await page.locator('.answer tbody tr').count()).toBe(200);
    expect(await page.locator('.answer tbody tr').first().textContent()).toContain(
      '22EmailAddress is not a valid SMTP address',
    );
    await picture('problems');
    while (await page.getByRole('button', { name: 'Show more' }).isVisible())
      await page.getByRole('button', { name: 'Show more' }).click();
    expect(await page.locator('.answer tbody tr').count()).toBe(902);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the refused rows' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`sales-${number}.bad.csv`);
    const bad = readFileSync(await download.path(), 'utf8')
      .split('\r\n')
      .slice(0, 3)
      .join('\n');
    await choose(bad.replace('nobody', `b.${number}@example.com`).replace(',,', ',c,'), 'mended.csv');

    await page.getByRole('heading', { name: '2 users added' }).waitFor();
  });

  test('a file dropped anywhere on the page is taken', async () => {
    await open();

    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(`${HEADER}\n${rows(1)}`)}], 'dropped.csv'));
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);

    await page.getByRole('heading', { name: '1 user added' }).waitFor();
  });

  test('a file that is too large never leaves the machine', async () => {
    await open();
    let sent = 0;
    page.on('request', () => (sent += 1));

    await choose('x'.repeat(10_000_001), 'huge.csv');

    await page.getByRole('heading', { name: 'larger than 10 MB' }).waitFor();
    expect(sent).toBe(0);
  });

  test('a whole file that cannot be read says why, and the page stays open', async () => {
    await open();

    await choose('EmailAddress,Password\na@example.com,p');

    await page.getByRole('heading', { name: 'No user was added' }).waitFor();
    expect(await page.locator('.answer tbody tr').textContent()).toContain('UserName');
    expect(await page.locator('#drop').isVisible()).toBe(true);
  });

  test('on a phone, in the dark, in German', async () => {
    await open({ viewport: { width: 360, height: 780 }, colorScheme: 'dark', locale: 'de-DE', deviceScaleFactor: 2 });
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await picture('open-phone-dark-de');

    await choose(`${HEADER}\n${rows(3)}\nnobody,b,p\n"x@example.com",,\ny@example.com,y,p,q`);

    await page.getByRole('heading', { name: '3 Benutzer hinzugefügt, 3 Zeilen abgelehnt' }).waitFor();
    await picture('problems-phone-dark-de');
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByText('Choose a file').waitFor();
  });

  test('everything can be reached with the keyboard', async () => {
    await open();

    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');

    expect(await page.evaluate('document.activeElement.id')).toBe('file');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Download an empty file' }).waitFor();
    await picture('columns');
  });
});
