import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localeFor } from '../../src/cards/locale.ts';
import { type CardRenderer, NO_BROWSER, openCardRenderer } from '../support/render-card.ts';
import { cardCatalogue } from './card-catalogue.ts';

/** Set to keep the pictures: `CARD_PICTURES=/some/folder`. */
const FOLDER = process.env['CARD_PICTURES'] ?? join(tmpdir(), 'bellhop-cards');

const SHOWN = [
  'batch-Syncing', 'approval-open', 'approval-waits', 'approval-decides', 'approval-many', 'approval-ring-remind', 'approval-ring-expire', 'glass', 'probe-both', 'probe-lost', 'probe-hostile', 'staged', 'cutover-staged', 'cutover-two-domains', 'batch-viewer', 'approval-rejected', 'approval-hostile', 'approvals', 'verify', 'verify-equal', 'verify-hostile', 'skipped', 'skipped-approved', 'skipped-hostile', 'batch-synced', 'batch-hostile', 'batch-huge', 'status-some', 'user', 'user-hostile', 'failures', 'check', 'help', 'help-topic-Finish', 'error-unknown',
  'endpoint-good', 'endpoint-no-method', 'endpoints', 'form-endpoint', 'file-sent', 'form-endpoint-wrong', 'form-batch', 'help-Add-endpoint', 'confirm', 'report', 'cluster', 'cluster-hostile', 'digest', 'doctor', 'why', 'upload', 'upload-ask', 'plan-user', 'plan-running', 'plan-hostile', 'batch-live',
  'user-syncing', 'batch-no-worker',
  'batch-ahead', 'batch-ending', 'expiry',
]; // prettier-ignore

describe.skipIf(NO_BROWSER !== undefined)('cards in a browser, at the width of a desktop and of a phone', () => {
  let renderer: CardRenderer;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    renderer = await openCardRenderer();
  });
  afterAll(async () => {
    await renderer.close();
  });

  const cases = (['en', 'de'] as const).flatMap((language) =>
    [...cardCatalogue(localeFor(language))]
      .filter(([name]) => SHOWN.includes(name))
      .map(([name, card]) => [`${name}-${language}`, card] as const),
  );

  test.each(cases)('%s', async (name, card) => {
    for (const [width, theme] of [[620, 'light'], [340, 'dark']] as const) {
      const file = join(FOLDER, `${name}-${width}-${theme}.png`);
      const { problems, cut, html } = await renderer.render(card, { width, theme, file });

      expect(problems).toEqual([]);
      expect(cut).toEqual([]);
      expect(html).not.toMatch(/<a\s[^>]*href|<script/i);
    }
    if (!JSON.stringify(card).includes('"Chart.')) return;
    // A client without charts: what stands in for them, and no complaint but that.
    const file = join(FOLDER, `${name}-340-dark-rows.png`);
    const { problems, cut, html } = await renderer.render(card, { width: 340, theme: 'dark', file, charts: false });
    expect(problems.filter(({ message }) => !message.includes('Chart.'))).toEqual([]);
    expect(cut).toEqual([]);
    expect(html).not.toContain('class="chart"');
  }); // prettier-ignore
});
