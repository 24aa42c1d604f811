import { expect, test } from 'vitest';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import { reportCsv } from '../../src/engine/domain/report-export.ts';

test('every user is a row, no field is a formula, and Excel reads umlauts', () => {
  const csv = reportCsv([
    {
      identity: '=cmd|calc@example.com',
      batch: 'sales-1',
      status: 'Failed',
      items: { ...NO_ITEMS, source: 10, copied: 9, failed: 1 },
      score: 'Good',
      reasons: [{ kind: 'missing', count: 1, text: '@SUM(A1), "x"\nnicht übertragbar' }],
      failure: 'MailboxFull',
      lastSuccessfulSyncAt: Date.parse('2026-11-22T10:00:00Z'),
    },
  ]);
  const [head = '', first = ''] = csv.split('\r\n');

  expect(head.startsWith('\ufeffBatch,EmailAddress,Status,')).toBe(true);
  expect(first).toBe(
    `sales-1,'=cmd|calc@example.com,Failed,Good,10,9,0,0,0,1,0,2026-11-22T10:00:00.000Z,MailboxFull,"1 @SUM(A1), ""x""\nnicht übertragbar"`,
  );
  for (const field of first.split(',')) expect(field).not.toMatch(/^"?[=+\-@\t\r]/);
});
