import type { CardAction, CardView } from './card-verbs.ts';
import { actionPayload, viewPayload } from './card-verbs.ts';
import type { Onlooker } from './eyes.ts';
import { escapeMarkdown, foreign, tame, tameMarkdown } from './foreign-text.ts';

/** Adaptive Card JSON, version 1.5: the elements Bellhop uses, as plain data. */
export type CardElement = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Card {
  readonly type: 'AdaptiveCard';
  readonly version: '1.5';
  /** The numbers and the command, for clients that cannot show cards, and for notifications. */
  readonly fallbackText: string;
  readonly body: readonly CardElement[];
  readonly actions: readonly CardElement[];
  /** How a client asks for the view of the person before it (Microsoft: "User Specific Views"). */
  readonly refresh?: Readonly<Record<string, unknown>>;
  /** What only Teams understands: mentions. */
  readonly msteams?: Readonly<Record<string, unknown>>;
}

/** The state of a card: colour of the band, symbol and word say the same. */
export type Tone = 'running' | 'done' | 'attention' | 'failed' | 'waiting' | 'stopped';

const BAND: Readonly<Record<Tone, string>> = {
  running: 'accent',
  done: 'good',
  attention: 'warning',
  failed: 'attention',
  waiting: 'emphasis',
  stopped: 'emphasis',
};
export const SYMBOL: Readonly<Record<Tone, string>> = {
  running: '●',
  done: '✓',
  attention: '▲',
  failed: '✕',
  waiting: '○',
  stopped: '■',
};
const MARK_COLOR: Readonly<Partial<Record<Tone, string>>> = {
  running: 'Accent',
  done: 'Good',
  attention: 'Warning',
  failed: 'Attention',
};

/** Marks what somebody wrote in the conversation, or what the card is about: it repeats, it tells nothing. Never leaves the process. */
export const SAID = Symbol('said');

/** A piece of text inside a line. `foreign` is text from outside: folders, subjects, server answers. */
export type Run =
  | string
  | {
      readonly text: string;
      readonly bold?: true;
      readonly subtle?: true;
      readonly color?: string;
      readonly mono?: true;
      readonly said?: true;
    };

/** The words of a command, as somebody gave it. */
export function said(text: string, length = 120): Run {
  return { text: foreign(text, length), bold: true, said: true };
}

export function bold(text: string): Run {
  return { text, bold: true };
}

export function subtle(text: string): Run {
  return { text, subtle: true };
}

/** Text from outside, made harmless; every TextRun is literal, so no Markdown can act. */
export function fromOutside(text: string, length = 80): Run {
  return { text: foreign(text, length) };
}

/** A name from outside, bold. */
export function boldFromOutside(text: string, length = 80): Run {
  return { text: foreign(text, length), bold: true };
}

/** A line of runs (RichTextBlock: neither Markdown nor HTML is interpreted). */
export function line(...runs: readonly Run[]): CardElement {
  return spacedLine('None', ...runs);
}

export function spacedLine(spacing: string, ...runs: readonly Run[]): CardElement {
  return { type: 'RichTextBlock', spacing, inlines: runs.map(toTextRun) };
}

function toTextRun(run: Run): CardElement {
  if (typeof run === 'string') return { type: 'TextRun', text: tame(run) };
  const { text, bold: isBold, subtle: isSubtle, color, mono, said: isSaid } = run;
  return {
    type: 'TextRun',
    text: tame(text),
    ...(isBold === true ? { weight: 'Bolder' } : {}),
    ...(isSubtle === true ? { isSubtle: true } : {}),
    ...(color === undefined ? {} : { color }),
    ...(mono === true ? { fontType: 'Monospace', size: 'Small' } : {}),
    ...(isSaid === true ? { [SAID]: true } : {}),
  };
}

/** A paragraph of our own words, Markdown allowed. */
export function text(content: string, more: Readonly<Record<string | symbol, unknown>> = {}): CardElement {
  return { type: 'TextBlock', text: tameMarkdown(content), wrap: true, ...more };
}

/** A text that calls people: their names were cleaned, its tags are ours. */
export function calling(content: string): CardElement {
  return { type: 'TextBlock', text: content, wrap: true, spacing: 'Medium' };
}

export function small(content: string, spacing = 'Medium'): CardElement {
  return text(content, { size: 'Small', isSubtle: true, spacing });
}

export interface Band {
  readonly what: string;
  readonly tone: Tone;
  readonly state: string;
  /** The name, from outside or typed: shown literally. */
  readonly name: string;
  /** One sentence that is enough. */
  readonly sentence: string;
}

/** The band on top: who reads only this knows what to do. */
export function band({ what, tone, state, name, sentence }: Band): CardElement {
  const eyebrow = {
    type: 'Column',
    width: 'stretch',
    verticalContentAlignment: 'Center',
    items: [text(what, { size: 'Small', isSubtle: true, spacing: 'None' })],
  };
  const word = {
    type: 'Column',
    width: 'auto',
    items: [text(`${SYMBOL[tone]} ${state}`, { weight: 'Bolder', horizontalAlignment: 'Right' })],
  };
  return {
    type: 'Container',
    style: BAND[tone],
    bleed: true,
    items: [
      { type: 'ColumnSet', columns: [eyebrow, word] },
      text(escapeMarkdown(foreign(name, 80)), {
        size: 'Large',
        weight: 'Bolder',
        style: 'heading',
        spacing: 'None',
        [SAID]: true,
      }),
      text(sentence, { spacing: 'Small' }),
    ],
  };
}

export interface Tile {
  readonly value: string;
  readonly label: string;
  readonly alarming?: boolean;
}

const LONGEST_FIGURE = 6;

/** Three figures a row, number above label. */
export function tiles(row: readonly Tile[]): CardElement {
  // On a phone a third of the card holds six large characters.
  const size = row.some(({ value }) => value.length > LONGEST_FIGURE) ? 'Large' : 'ExtraLarge';
  return {
    type: 'ColumnSet',
    spacing: 'Medium',
    columns: row.map(({ value, label, alarming }) => ({
      type: 'Column',
      width: 1,
      items: [
        text(value.replaceAll(' ', '\u00a0'), {
          size,
          weight: 'Bolder',
          ...(alarming === true ? { color: 'Attention' } : {}),
        }),
        text(label, { size: 'Small', isSubtle: true, spacing: 'None' }),
      ],
    })),
  };
}

const BAR_LENGTH = 32;

/** A bar of text, exact and thin: parts of a whole in order, the rest empty, the share in figures and words behind it. */
export function bar(
  parts: readonly { readonly share: number; readonly color: string }[],
  percent: string,
  words: string,
): CardElement {
  let drawn = 0;
  const runs: Run[] = [];
  for (const { share, color } of parts) {
    // What exists is seen: a part above zero gets at least one character.
    const length = Math.min(BAR_LENGTH - drawn, share <= 0 ? 0 : Math.max(1, Math.round(share * BAR_LENGTH)));
    if (length > 0) runs.push({ text: '█'.repeat(length), color, mono: true });
    drawn += length;
  }
  if (drawn < BAR_LENGTH) runs.push({ text: '░'.repeat(BAR_LENGTH - drawn), subtle: true, mono: true });
  const inlines = [...runs, bold(` ${percent} `)].map(toTextRun);
  // No-break spaces keep the words together: same line on the desktop, next line on the phone.
  const tail = { type: 'TextRun', text: ` ${words.replaceAll(' ', '\u00a0')}`, size: 'Small', isSubtle: true };
  return { type: 'RichTextBlock', spacing: 'Medium', inlines: [...inlines, tail] };
}

/** A row with a mark in a column of its own, so that rows that wrap stay aligned. */
export function markRow(tone: Tone | 'plain', runs: readonly Run[], right?: string): CardElement {
  const mark = tone === 'plain' ? '−' : SYMBOL[tone];
  const color = tone === 'plain' ? undefined : MARK_COLOR[tone];
  const markText = text(mark, { weight: 'Bolder', ...(color === undefined ? { isSubtle: true } : { color }) });
  const columns: CardElement[] = [
    { type: 'Column', width: '20px', items: [markText] },
    { type: 'Column', width: 'stretch', spacing: 'None', items: [line(...runs)] },
  ];
  if (right !== undefined) columns.push({ type: 'Column', width: 'auto', items: [text(right)] });
  return { type: 'ColumnSet', spacing: 'None', columns };
}

/** What belongs to the row above: under its words, not under its mark. */
export function underRow(...runs: readonly Run[]): CardElement {
  const columns: CardElement[] = [
    { type: 'Column', width: '20px', items: [] },
    { type: 'Column', width: 'stretch', spacing: 'None', items: [line(...runs)] },
  ];
  return { type: 'ColumnSet', spacing: 'None', columns };
}

/** A quantity in front of words. */
export function amountRow(amount: string, words: string): CardElement {
  return {
    type: 'ColumnSet',
    spacing: 'None',
    columns: [
      { type: 'Column', width: '76px', items: [text(amount, { horizontalAlignment: 'Right' })] },
      { type: 'Column', width: 'stretch', items: [text(words)] },
    ],
  };
}

/** A pair of a short label and a value. */
export function facts(pairs: readonly (readonly [label: string, value: string])[]): CardElement {
  return {
    type: 'FactSet',
    spacing: 'Small',
    facts: pairs.map(([title, value]) => ({
      title: title.replaceAll(' ', '\u00a0'),
      value: escapeMarkdown(foreign(value, 120)),
    })),
  };
}

/** A titled block below a separator. */
export function section(title: string, ...items: readonly CardElement[]): CardElement {
  return { type: 'Container', separator: true, spacing: 'Medium', items: [heading(title), ...items] };
}

/** The one block of a card that needs a person. */
export function panel(title: string, ...items: readonly CardElement[]): CardElement {
  return { type: 'Container', style: 'emphasis', spacing: 'Medium', items: [heading(title), ...items] };
}

function heading(title: string): CardElement {
  return text(title, { weight: 'Bolder', size: 'Default', style: 'heading' });
}

export interface Button {
  readonly title: string;
  readonly action: CardAction;
  readonly primary?: true;
  /** Into the "..." menu. */
  readonly secondary?: true;
  /** Asks for words first: the input named `id` comes with the press. */
  readonly asks?: { readonly id: string; readonly label: string; readonly missing: string; readonly send: string };
}

/** A button that opens a page of Bellhop's own. */
export interface LinkButton {
  readonly title: string;
  readonly url: string;
  readonly primary?: true;
  readonly secondary?: true;
}

function toAction(button: Button | LinkButton): CardElement {
  if (!('asks' in button) || button.asks === undefined) return pressable(button);
  const { id, label, missing, send } = button.asks;
  const input = {
    type: 'Input.Text',
    id,
    label,
    isRequired: true,
    errorMessage: missing,
    maxLength: 300,
    isMultiline: true,
  };
  return {
    type: 'Action.ShowCard',
    title: button.title,
    card: { type: 'AdaptiveCard', body: [input], actions: [pressable({ ...button, title: send })] },
  };
}

function pressable(button: Button | LinkButton): CardElement {
  const { title, primary, secondary } = button;
  const look = {
    ...(primary === true ? { style: 'positive' } : {}),
    ...(secondary === true ? { mode: 'secondary' } : {}),
  };
  if ('url' in button) return { type: 'Action.OpenUrl', title, url: button.url, ...look };
  const { verb, data } = actionPayload(button.action);
  // A dialog opens by Action.Submit alone (Microsoft: "Use dialogs with bots").
  if (verb === 'openForm')
    return { type: 'Action.Submit', title, data: { msteams: { type: 'task/fetch' }, verb, ...data }, ...look };
  return {
    type: 'Action.Execute',
    title,
    verb,
    data,
    ...look,
    fallback: { type: 'Action.Submit', title, data: { verb, ...data }, ...look },
  };
}

/** People whose clients ask for a view of their own: at most this many (Microsoft: "User Specific Views"). */
const MOST_REFRESHED = 60;

/** The card, with the clients of these people asking for their own view of it; the same card when there are none. */
export function refreshedFor(onlookers: readonly Onlooker[], view: CardView, shown: Card): Card {
  if (onlookers.length === 0) return shown;
  const { verb, data } = viewPayload(view);
  const userIds = onlookers.slice(0, MOST_REFRESHED).map(({ chatId }) => chatId);
  return { ...shown, refresh: { action: { type: 'Action.Execute', title: 'Refresh', verb, data }, userIds } };
}

/** The frame of every card. */
export function card(
  fallbackText: string,
  body: readonly (CardElement | undefined)[],
  buttons: readonly (Button | LinkButton)[] = [],
): Card {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: tame(fallbackText),
    body: withoutDoubleLines(body.filter((element) => element !== undefined)),
    actions: inRow(buttons).map(toAction),
  };
}

const MOST_BUTTONS = 3;

// More than three buttons do not fit a phone: the rest go into the "..." menu.
function inRow(buttons: readonly (Button | LinkButton)[]): readonly (Button | LinkButton)[] {
  const hidden = buttons.filter(({ secondary }) => secondary === true).length;
  // A menu of one is one press more for nothing.
  if (hidden === 1 && buttons.length <= MOST_BUTTONS)
    return buttons.map(({ secondary: _secondary, ...button }) => button);
  let shown = 0;
  return buttons.map((button) => {
    if (button.secondary === true) return button;
    shown += 1;
    return shown <= MOST_BUTTONS ? button : { ...button, secondary: true };
  });
}

// Next to a coloured block a separator would be a second line.
function withoutDoubleLines(body: readonly CardElement[]): readonly CardElement[] {
  return body.map((element, at) => {
    if (element['separator'] !== true || body[at - 1]?.['style'] === undefined) return element;
    const { separator: _separator, ...rest } = element;
    return rest;
  });
}
