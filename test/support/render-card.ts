import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { startLocalTeams } from '../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';

/** Where a Chromium may be; the first that exists is used. */
const CHROMIUM = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/** For `describe.skipIf(...)`: undefined when browser tests can run. */
export const NO_BROWSER = CHROMIUM === undefined ? 'no Chromium on this machine (apt-get install chromium)' : undefined;

/** A headless Chromium that reaches loopback and nothing else. */
export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_BROWSER);
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

interface CardPictureOptions {
  /** CSS pixels: 620 is a desktop, 340 a phone. */
  readonly width: number;
  readonly theme: 'light' | 'dark';
  /** False: a client that knows no charts and shows what stands in for them. */
  readonly charts?: boolean;
  /** Where the PNG goes; not given: no picture. */
  readonly file?: string;
}

interface CardPicture {
  /** What the renderer complained about, while parsing and when validating: unknown elements, missing fields. */
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
  /** Texts that are cut off or stick out of the card. */
  readonly cut: readonly string[];
  /** What stands in the page, for checks of what became of a text. */
  readonly html: string;
  /** CSS pixels. */
  readonly height: number;
}

/** A browser that shows one card after the other exactly as the local Teams does. */
export interface CardRenderer extends AsyncDisposable {
  render(card: unknown, options: CardPictureOptions): Promise<CardPicture>;
  close(): Promise<void>;
}

/** Opens a renderer for many cards; close it. @throws {Error} without a Chromium, see `NO_BROWSER`. */
export async function openCardRenderer(): Promise<CardRenderer> {
  const browser = await launchChromium();
  const teams = await startLocalTeams({
    bot: { id: '28:renderer', name: 'Bellhop' },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
  });

  async function render(
    card: unknown,
    { width, theme, file, charts = true }: CardPictureOptions,
  ): Promise<CardPicture> {
    const page = await browser.newPage({ viewport: { width, height: 400 }, deviceScaleFactor: 2 });
    try {
      await page.goto(`${teams.url}/card.html?theme=${theme}&charts=${charts ? 'yes' : 'no'}`);
      await page.waitForFunction('globalThis.isReady === true');
      const picture = await page.evaluate<CardPicture>(`showCard(${JSON.stringify(card)})`);
      await page.setViewportSize({ width, height: Math.max(1, picture.height) });
      if (file !== undefined) await page.screenshot({ path: file });
      return picture;
    } finally {
      await page.close();
    }
  }

  async function close(): Promise<void> {
    await browser.close();
    await teams.close();
  }
  return { render, close, [Symbol.asyncDispose]: close };
}
