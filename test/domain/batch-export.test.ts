import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExportRow, csvField, exportCsv } from '../../src/engine/domain/batch-export.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';

const ROW: ExportRow = {
  address: 'info@contoso.example',
  userName: 'info',
  status: 'Synced',
  score: 'Good',
  items: { ...NO_ITEMS, source: 1200, copied: 1199, skipped: 1 },
  unapprovedSkipped: 1,
  bytes: 5_000_000,
  lastSync: '2026-11-02T10:00:00.000Z',
  verified: null,
  errorCode: null,
  error: null,
  reasons: [{ kind: 'missing', count: 1, text: 'skipped' }],
};

describe('the export of a batch', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://evil.example")'])(
    '%j is no formula in a spreadsheet',
    (text) => {
      expect(csvField(text).replace(/^"/, '').startsWith("'")).toBe(true);
    },
  );

  test('any text comes back as it was, but for the apostrophe that disarms it', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 200 }), (text) => {
        const field = csvField(text);
        const read = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;

        expect(read === text || read === `'${text}`).toBe(true);
        expect(/^[=+\-@\t\r]/.test(read)).toBe(false);
      }),
    );
  });

  test('numbers stay numbers, lines end as RFC 4180 wants, and Excel reads umlauts', () => {
    const csv = [...exportCsv([{ ...ROW, userName: 'müller', error: 'a, "b"\nc' }])].join('');

    expect(csv.startsWith('\ufeffEmailAddress,UserName,Status')).toBe(true);
    expect(csv).toContain('info@contoso.example,müller,Synced,Good,1200,1199,0,0,1,1,0,0,5000000');
    expect(csv).toContain('"a, ""b""\nc"');
    expect(csv.endsWith('1 skipped\r\n')).toBe(true);
  });
});
