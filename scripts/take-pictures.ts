/** Takes the pictures of the README from a real run: `node scripts/take-pictures.ts [folder]`. Needs Debian's Chromium. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from '../test/support/render-card.ts';
import { startSandbox } from '../sandbox/world.ts';

const folder = process.argv[2] ?? new URL('../docs/images/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

await using world = await startSandbox({ latency: 60 });
await world.startBellhop('bot,worker');
await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');

const browser = await launchChromium();
try {
  const desktop = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await desktop.goto(world.teams.url);
  await desktop.getByRole('textbox', { name: 'Start a post' }).fill('start batch demo');
  await desktop.keyboard.press('Enter');
  // Failures are told below it, in the same thread.
  const card = desktop.locator('.ac-adaptiveCard').filter({ hasText: 'Migration batch' }).first();
  await card.waitFor();
  // Well under way, so that the card shows a rate and a time left.
  await world.teams.waitFor(
    (message) => /Syncing: .* [3-9]\d\d of /.test(String(message.cards[0]?.['fallbackText'])),
    60_000,
  );
  await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await desktop.waitForTimeout(300);
  await desktop.screenshot({ path: join(folder, 'demo.png') });
  await desktop.getByText('Synced with errors').first().waitFor({ timeout: 120_000 });
  await card.screenshot({ path: join(folder, 'batch-card.png') });

  const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await phone.goto(world.teams.url);
  await phone.locator('.ac-adaptiveCard').last().waitFor();
  await phone.screenshot({ path: join(folder, 'demo-phone.png') });
} finally {
  await browser.close();
}
