import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { NO_BROWSER, launchChromium } from '../support/render-card.ts';

/** Set to keep the pictures: `CARD_PICTURES=/some/folder`. */
const FOLDER = process.env['CARD_PICTURES'];

/** The whole way in a real browser: Bellhop, its Redis, the page of the local Teams. */
describe.skipIf(NO_BROWSER !== undefined)('dialogs on the page', () => {
  let world: BotWorld;
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    if (FOLDER !== undefined) mkdirSync(FOLDER, { recursive: true });
    world = await startBotWorld();
    browser = await launchChromium();
    await world.ask('help');
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function open(width = 1280, theme: 'light' | 'dark' = 'light'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
    const page = await context.newPage();
    page.on('console', (entry) => void (entry.type() === 'error' && problems.push(entry.text())));
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${world.teams.url}/?as=operator-a`);
    await page.getByRole('button', { name: 'Add endpoint' }).first().waitFor();
    return page;
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (FOLDER !== undefined) await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  }

  test('open, forget a field, send something wrong, mend it, done', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Add endpoint' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add endpoint' });
    await dialog.waitFor();
    await picture(page, 'dialog-open');

    // A required field is asked for before anything is sent.
    await dialog.getByLabel('Name').first().fill('mail hq');
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await dialog.getByText('Please fill this in.').waitFor();

    await dialog.getByLabel('Host name of the IMAP server').fill('imap.example.com');
    await dialog.getByLabel('Port').fill('993');
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await dialog.getByText('"mail hq" is not the name of an endpoint.').waitFor();
    await picture(page, 'dialog-error');
    expect(await dialog.getByLabel('Name').first().inputValue()).toBe('mail hq');
    expect(await dialog.getByLabel('Host name of the IMAP server').inputValue()).toBe('imap.example.com');

    await dialog.getByLabel('Name').first().fill('mail-hq');
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Test it before the first batch').waitFor();
    await picture(page, 'dialog-done');

    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('cancelled by its button or by Escape, nothing happens', async () => {
    const page = await open();
    const before = world.teams.messages(world.channel).length;
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Cancel' }).click(),
    ]) {
      await page.getByRole('button', { name: 'Create batch' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Create batch' });
      await dialog.getByLabel('Name').first().fill('never');
      await leave();
      await dialog.waitFor({ state: 'detached' });
    }

    expect(world.teams.messages(world.channel).length).toBe(before);
    await page.context().close();
  });

  test('a file offered alone with Bellhop: allowed, it lies in the OneDrive', async () => {
    await world.ask('add endpoint mail-files host=imap.example.com');
    await world.ask('create batch files endpoint=mail-files');
    const page = await open(620, 'dark');
    await page.goto(`${world.teams.url}/?as=operator-a&in=${encodeURIComponent(world.teams.chatOf('Operator A').id)}`);
    await page.getByRole('textbox', { name: 'Write to Bellhop' }).fill('export files');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await picture(page, 'file-offered');

    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('You allowed the app to send this file.').first().waitFor();
    await page.getByText('✓ In your OneDrive').first().waitFor();
    await picture(page, 'file-sent');

    expect(world.teams.oneDrive.files.length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('on a phone it fills the window, nothing sticks out', async () => {
    const page = await open(340, 'dark');
    await page.getByRole('button', { name: 'Create batch' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Create batch' });
    await dialog.waitFor();
    await picture(page, 'dialog-phone');

    const wide = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
