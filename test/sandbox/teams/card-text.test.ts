import { describe, expect, test } from 'vitest';
import { cardText, plainText } from '../../../sandbox/teams/card-text.ts';
import { batchCard } from './sample-card.ts';

function textBlock(text: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { type: 'TextBlock', text, ...more };
}

function columns(...items: readonly (readonly [width: unknown, ...texts: string[]])[]): Record<string, unknown> {
  return {
    type: 'ColumnSet',
    spacing: 'None',
    columns: items.map(([width, ...texts]) => ({ type: 'Column', width, items: texts.map((text) => textBlock(text)) })),
  };
}

function card(...body: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { type: 'AdaptiveCard', version: '1.5', body };
}

describe('a card as text', () => {
  test('shows the band, the fallback of an unknown element, and numbered buttons with the inputs they need', () => {
    const text = cardText(batchCard('Syncing'), 60);

    expect(text).toBe(
      [
        `┌${'─'.repeat(59)}`,
        '│ demo',
        '│',
        '│ State: Syncing',
        `├${'─'.repeat(59)}`,
        '│ Badge Syncing',
        '│',
        '│ [1 Stop batch]  [2 Status]  [3 Reject… › Reject reason=]',
        '│ [4 Export]',
        `└${'─'.repeat(59)}`,
      ].join('\n'),
    );
  });

  test('aligns tiles, marks and numbers', () => {
    const text = cardText(
      card(
        columns([1, '262', 'Synced'], [1, '20', 'Syncing'], [1, '183', 'Queued']),
        columns(['20px', '✓'], ['stretch', 'INBOX'], ['auto', '12,840']),
      ),
      40,
    );

    expect(text.split('\n').slice(1, -1)).toEqual([
      '│ 262          20           183',
      '│ Synced       Syncing      Queued',
      '│ ✓  INBOX                        12,840',
    ]);
  });

  test('facts wrap under their own column and panels have a bar', () => {
    const panel = {
      type: 'Container',
      style: 'emphasis',
      items: [{ type: 'FactSet', facts: [{ title: 'Way back', value: 'MX back, 5 minutes. Late mail stays.' }] }],
    };

    const text = cardText(card(panel), 36);

    expect(text.split('\n').slice(1, -1)).toEqual([
      '│ ▎ Way back  MX back, 5 minutes.',
      '│ ▎           Late mail stays.',
    ]);
  });

  test('hidden elements stay hidden and control characters do not reach the terminal', () => {
    const text = cardText(card(textBlock('secret', { isVisible: false }), textBlock('name\u001B[31m red')), 40);

    expect(text).not.toContain('secret');
    expect(text).not.toContain('\u001B');
  });
});

test.each([
  ['**262** of *480* users', '262 of 480 users'],
  [String.raw`Projects/\*2024\* \[old\]`, 'Projects/*2024* [old]'],
  ['snake_case_name stays', 'snake_case_name stays'],
  ['[the docs](https://example.com/a)', 'the docs (https://example.com/a)'],
  ['<at>Approver A</at> decides', '@Approver A decides'],
])('Markdown %s is read as %s', (markdown, expected) => {
  expect(plainText(markdown)).toBe(expected);
});
