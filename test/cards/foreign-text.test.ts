import { expect, test } from 'vitest';
import { foreign } from '../../src/cards/foreign-text.ts';

const BREAK = '\u200b';

test.each([
  ['an address breaks behind its marks', 'counter.01@example.com', ['counter.01@', 'example.com']],
  [
    'a path between its folders',
    '/var/lib/bellhop/reports/check.csv',
    ['/var/lib/', 'bellhop/', 'reports/', 'check.csv'],
  ],
  ['a name of a command at its capitals', 'ForwardingSmtpAddress', ['Forwarding', 'SmtpAddress']],
  ['an option not behind its dash', '-DeliverToMailbox', ['-DeliverTo', 'Mailbox']],
  ['a word of a language is one', 'zurückstellen.', ['zurückstellen.']],
  ['what is neither is cut every twelve characters', 'f'.repeat(30), ['f'.repeat(12), 'f'.repeat(12), 'f'.repeat(6)]],
  ['whole characters', '😀'.repeat(14), ['😀'.repeat(12), '😀'.repeat(2)]],
])('%s', (_what, text, pieces) => {
  expect(foreign(text).split(BREAK)).toEqual(pieces);
});

test('no piece is wider than a phone, and nothing is lost', () => {
  for (const text of [
    'W'.repeat(80),
    'a.b@c-d_e/f'.repeat(7),
    `x${'@'.repeat(40)}y`,
    'aB'.repeat(35),
    'Ünïcödé_'.repeat(9),
  ]) {
    const shown = foreign(text);

    expect(shown.replaceAll(BREAK, '')).toBe(text);
    for (const piece of shown.split(BREAK)) expect(Array.from(piece).length).toBeLessThanOrEqual(12);
  }
});
