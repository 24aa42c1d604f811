import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { Card } from '../../src/cards/elements.ts';
import { localeFor } from '../../src/cards/locale.ts';
import { cardCatalogue } from './card-catalogue.ts';

const SCHEMA = join(import.meta.dirname, '../../../shared/contracts/teams/adaptive-card-1.5.0.json');
const LARGEST_CARD = 25 * 1024;

// The only mention a card may make is the one it declares.
function mentionOf(card: Card): string | undefined {
  const said = JSON.stringify(card.msteams ?? {});
  const mention = /<at>[^<]*<\\?\/at>/.exec(said)?.[0];
  if (mention === undefined) return undefined;
  return card.body
    .map((each) => each['text'])
    .find((text): text is string => typeof text === 'string' && text.startsWith(mention));
}

const CARDS = [...cardCatalogue(localeFor('en'))].concat(
  [...cardCatalogue(localeFor('de'))].map(([name, card]) => [`${name} (de)`, card]),
);

/** Every object inside a card. */
function* parts(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const each of value) yield* parts(each);
  else if (typeof value === 'object' && value !== null) {
    yield value as Readonly<Record<string, unknown>>;
    for (const each of Object.values(value)) yield* parts(each);
  }
}

function withoutInput(part: unknown): unknown {
  return typeof part === 'object' && String(Reflect.get(Object(part), 'type')).startsWith('Input.') ? {} : part;
}

// Every figure of a chart has its words, and rows that say the same where there are no charts.
function expectChart({ title, data, fallback }: Readonly<Record<string, unknown>>): void {
  expect(title).toMatch(/\S/);
  expect(Array.isArray(data) && data.length).toBeGreaterThan(0);
  expect(fallback).toMatchObject({ type: 'Container', items: expect.anything() });
  for (const part of parts(data)) {
    const { legend, value, x, y, values } = part;
    expect([legend ?? x, value ?? y ?? values].every((each) => each !== undefined)).toBe(true);
    expect(String(legend ?? x).length).toBeLessThanOrEqual(60);
  }
}

// Charts are no part of the version: what stands in for them is.
function standIn(part: unknown): unknown {
  const { type, fallback } = typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
  return typeof type === 'string' && type.startsWith('Chart.') ? fallback : part;
}

// A dialog is opened, and sent, by Action.Submit; everything else is an Action.Execute.
function isKnownAction(action: Readonly<Record<string, unknown>>): boolean {
  // What a button unfolds asks for words and sends them, nothing else.
  const unfolded: unknown = Reflect.get(Object(action['card']), 'actions');
  if (action['type'] === 'Action.ShowCard') return Array.isArray(unfolded) && unfolded.every(isKnownAction);
  const verb: unknown = action['verb'] ?? Reflect.get(Object(action['data']), 'verb');
  // The one that opens a page; which, is looked at with the rest of the card.
  if (action['type'] === 'Action.OpenUrl') return verb === undefined;
  const type = verb === 'openForm' || verb === 'submitForm' ? 'Action.Submit' : 'Action.Execute';
  return action['type'] === type;
}

function schemaFindings(): ((card: Card) => readonly string[]) | undefined {
  if (!existsSync(SCHEMA)) return undefined;
  // A draft-06 schema that names itself with draft 04's "id": both names are left out.
  const { id: _id, $schema: _draft, ...schema } = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, validateSchema: false });
  const isValid = ajv.compile(schema);
  return ({ msteams: _onlyTeams, ...card }) =>
    isValid(JSON.parse(JSON.stringify(card, (_key, part) => standIn(part))))
      ? []
      : (isValid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}
const findings = schemaFindings();

describe('every card, in many states, in both languages', () => {
  test.each(CARDS)('%s', (_name, card) => {
    const json = JSON.stringify(card);
    const buttons = card.actions.filter((action) => action['mode'] !== 'secondary');

    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(LARGEST_CARD);
    expect(card.version).toBe('1.5');
    expect(card.fallbackText.length).toBeGreaterThan(10);
    expect(buttons.length).toBeLessThanOrEqual(3);
    expect(buttons.reduce((sum, each) => sum + String(each['title']).length, 0)).toBeLessThanOrEqual(60);
    expect(card.actions.filter((action) => action['style'] === 'positive').length).toBeLessThanOrEqual(1);
    expect(json).not.toMatch(/undefined|NaN|\[object/);
    for (const part of parts(card)) if (String(part['type']).startsWith('Chart.')) expectChart(part);
  });

  test.skipIf(findings === undefined).each(CARDS)('%s fits the schema of Adaptive Cards 1.5', (_name, card) => {
    expect(findings?.(card)).toEqual([]);
  });

  test.each(CARDS)('%s: text from outside stays text', (_name, card) => {
    for (const part of parts(card)) {
      // The one address a button opens is that of our own page.
      if (part['type'] === 'Action.OpenUrl')
        expect(part['url']).toMatch(/^https:\/\/bellhop\.example\.com\/upload\/0{64}$/);
      else expect(part['url'] ?? part['iconUrl'] ?? part['selectAction']).toBeUndefined();
      // Runs are literal; a TextBlock and the value of a fact read Markdown.
      // What is filled in is nobody's Markdown: an input shows it as it is.
      if (String(part['type']).startsWith('Input.')) continue;
      const text = part['type'] === 'TextBlock' ? part['text'] : part['value'];
      if (typeof text !== 'string') continue;
      if (text === mentionOf(card)) continue;
      expect(text).not.toMatch(/<at>|<script|(?<!\\)\]\(|\{\{|\$\{/);
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/);
    }
    const said = JSON.stringify(card.body);
    expect(said).not.toContain('\u202e');
    expect(JSON.stringify(card.body, (_key, part) => withoutInput(part))).not.toContain('{{DATE');
    expect(card.actions.filter((action) => !isKnownAction(action))).toEqual([]);
    expect(JSON.stringify(card.actions)).not.toContain('everyone</at>');
  });
});
