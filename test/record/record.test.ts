import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localeFor } from '../../src/cards/locale.ts';
import { recordPage } from '../../src/cards/record-page.ts';
import { closeOut } from '../../src/engine/close-out.ts';
import type { CloseOut } from '../../src/engine/domain/close-out.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import { type RecordBench, linesOf, openRecordBench } from '../support/record-bench.ts';
import { NO_BROWSER, launchChromium } from '../support/render-card.ts';
import { APPROVER, verifyAlone, verifyIndependently } from '../support/sample-record.ts';

let bench: RecordBench;
beforeAll(async () => {
  bench = await openRecordBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('a record as it was written', () => {
  test('verifies anywhere: no Redis, no configuration, no environment; folder and zip', async () => {
    for (const path of [bench.view.folder, bench.view.archive.file]) {
      const { out, code } = await verifyAlone(
        path,
        `key=${bench.view.fingerprint.toUpperCase().replaceAll(/(.{12})/g, '$1\u200b')}`,
      );
      expect(out).toContain('UNCHANGED: the record of "sales-1"');
      expect(out).toContain('3 users, 3003 messages');
      expect(code).toBe(0);
    }
  });

  test('verifies with a script that shares no code with Bellhop, and with openssl', async () => {
    expect(await verifyIndependently(bench.view.folder, bench.view.fingerprint)).toMatchObject({ code: 0 });
    const file = (name: string): string => join(bench.view.folder, name);
    const words = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      file('public-key.pem'),
      '-rawin',
      '-in',
      file('manifest.json'),
      '-sigfile',
      file('manifest.sig'),
    ];
    expect(execFileSync('openssl', words, { encoding: 'utf8' })).toContain('Verified Successfully');
  });

  test('other programs read the zip', () => {
    const listed = execFileSync('python3', ['-m', 'zipfile', '-l', bench.view.archive.file], { encoding: 'utf8' });

    for (const { name } of bench.view.files) expect(listed).toContain(name);
  });

  test('only its owner reads it, and the key never leaves', () => {
    const data = join(bench.view.folder, '../..');
    expect(statSync(join(data, 'bellhop-signing.key')).mode & 0o777).toBe(0o600);
    expect([bench.view.folder, bench.view.archive.file].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
    const key = readFileSync(join(data, 'bellhop-signing.key'), 'utf8').split('\n')[1] ?? '';
    for (const { name } of bench.view.files)
      expect(readFileSync(join(bench.view.folder, name)).includes(key)).toBe(false);
  });

  test('says who waived what, who agreed to what, and what is open; nothing of the mail itself', () => {
    const pack = JSON.parse(readFileSync(join(bench.view.folder, 'pack.json'), 'utf8')) as CloseOut;
    const text = bench.view.files.map(({ name }) => readFileSync(join(bench.view.folder, name), 'utf8')).join('');

    expect(pack.users[0]?.skippedItems[0]?.approved).toMatchObject({ by: APPROVER.name, byId: APPROVER.id });
    expect(pack.approvals).toMatchObject([
      { requestedBy: OPERATOR, decisions: [{ by: APPROVER, verdict: 'approved' }] },
    ]);
    expect(pack.openItems.map(({ kind, about }) => `${kind} ${about.split('@')[0]}`)).toEqual([
      'notCompleted ada',
      'notCompleted grace', 'skippedNotApproved grace', 'removalsHeld grace',
      'notCompleted edsger', 'skippedNotApproved edsger', 'neverVerified edsger',
    ]); // prettier-ignore
    expect(text).not.toContain('Salaries 2026');
    expect(text).not.toContain('ceo@contoso.example');
  });

  test('other batches are withheld, and the chain is whole all the same', () => {
    const text = bench.view.files.map(({ name }) => readFileSync(join(bench.view.folder, name), 'utf8')).join('');

    expect(text).not.toContain('branch-2');
    expect(linesOf(bench.view.folder)).toHaveLength(bench.view.chain.seq);
    expect(linesOf(bench.view.folder).some((line) => 'content' in JSON.parse(line))).toBe(true);
  });

  test('a later record continues an earlier one, and says that there was one', async () => {
    const later = await bench.write();

    expect(linesOf(later.folder).join()).toContain('BatchExported');
    expect(await verifyAlone(later.archive.file, `since=${bench.view.archive.file}`)).toMatchObject({ code: 0 });
    const { out, code } = await verifyAlone(bench.view.archive.file, `since=${later.archive.file}`);
    expect(out).toContain('the older record ended in another entry');
    expect(code).toBe(1);
  });
});

describe('its page', () => {
  test('runs nothing, loads nothing, and shows foreign names as text', () => {
    const page = readFileSync(join(bench.view.folder, 'report.html'), 'utf8');

    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<img|<link|https?:/);
    expect(page).toContain('INBOX/&lt;Réunions&gt; &amp; &quot;co&quot;');
  });

  test.skipIf(NO_BROWSER !== undefined)('fits desktop, phone and paper, in English and German', async () => {
    const browser = await launchChromium();
    try {
      for (const language of ['en', 'de']) {
        const { folder } = await closeOut(
          bench.world.opened.world,
          bench.batch,
          (report) => recordPage(report, localeFor(language)),
          OPERATOR,
        );
        const html = readFileSync(join(folder, 'report.html'), 'utf8');
        // 688 CSS pixels: A4 between the margins.
        for (const [width, media] of [
          [1280, 'screen'],
          [390, 'screen'],
          [688, 'print'],
        ] as const) {
          const page = await browser.newPage({ viewport: { width, height: 900 } });
          await page.emulateMedia({ media });
          await page.setContent(html);
          const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
          await page.close();
          expect([language, media, wide]).toEqual([language, media, width]);
        }
      }
    } finally {
      await browser.close();
    }
  });
});
