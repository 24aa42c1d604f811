import { expect, test } from 'vitest';
import { localeFor } from '../../src/cards/locale.ts';
import { reportPage } from '../../src/cards/report-page.ts';
import { sampleReport } from './sample-news.ts';
import { HOSTILE } from './sample-views.ts';

test.each(['en', 'de'])('the page of a report shows hostile names as text (%s)', (language) => {
  const report = sampleReport();
  const hostile = {
    ...report,
    atRisk: [{ identity: `${HOSTILE}<script>alert(1)</script>`, why: 'stale' as const }],
    cutovers: report.cutovers.map((each) => ({ ...each, batch: '<img src=x onerror=alert(1)>' })),
    approvals: report.approvals.map((each) => ({
      ...each,
      title: '"><a href="https://evil.example">',
      requestedBy: HOSTILE,
    })),
  };
  const page = reportPage(hostile, localeFor(language));

  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<img|<a\s|\u202e|undefined|\[object/);
  expect(page).toContain('&lt;script&gt;');
});

test('a page about nothing has no empty tables', () => {
  const page = reportPage({
    ...sampleReport(),
    cutovers: [],
    approvals: [],
    burnDown: [],
    failures: [],
    atRisk: [],
    atRiskTotal: 0,
  });

  expect(page.match(/<table>/g)?.length).toBe(2);
});
