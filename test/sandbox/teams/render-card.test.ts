import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, openCardRenderer } from '../../support/render-card.ts';
import type { CardRenderer } from '../../support/render-card.ts';
import { batchCard } from './sample-card.ts';

describe.skipIf(NO_BROWSER !== undefined)('pictures of cards', () => {
  let renderer: CardRenderer;
  let folder: string;

  beforeAll(async () => {
    renderer = await openCardRenderer();
    folder = await mkdtemp(join(tmpdir(), 'card-pictures-'));
  });

  afterAll(async () => {
    await renderer?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    [620, 'light'],
    [340, 'dark'],
  ] as const)('a card of %d px in the %s theme becomes a PNG of twice that width', async (width, theme) => {
    const file = join(folder, `${width}-${theme}.png`);

    const picture = await renderer.render(batchCard('Syncing'), { width, theme, file });

    const png = await readFile(file);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width * 2, picture.height * 2]);
    expect(picture.cut).toEqual([]);
  });

  test('unknown elements are reported, and so are texts that are cut off', async () => {
    const long = 'a sentence that nobody allowed to wrap, which is wider than any phone';
    const card = batchCard('Syncing', {
      body: [
        { type: 'Badge', text: 'x' },
        { type: 'TextBlock', text: long },
      ],
    });

    const picture = await renderer.render(card, { width: 340, theme: 'light' });

    expect(picture.problems).toMatchObject([{ kind: 'UnknownElementType', message: expect.stringContaining('Badge') }]);
    expect(picture.cut).toEqual([long]);
  });

  test('Markdown is the small part Teams knows and HTML stays text', async () => {
    const text = '# no heading **bold** <img src=x onerror=alert(1)> `no code` [a](javascript:alert(1))';

    const picture = await renderer.render(batchCard('x', { body: [{ type: 'TextBlock', text, wrap: true }] }), {
      width: 620,
      theme: 'light',
    });

    expect(picture.html).toContain('# no heading <strong>bold</strong> &lt;img src=x');
    expect(picture.html).toContain('`no code` [a](javascript');
  });
});
