import { cardButtons } from './card-buttons.ts';
import type { CardButton } from './card-buttons.ts';
import { isObject, objectsOf, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import { besides, lengthOf, pad, wrap } from './text-box.ts';
import type { TextColumn } from './text-box.ts';

/**
 * An Adaptive Card as aligned plain text, `width` characters wide: bands, tiles, bars, lists, facts, and the buttons
 * as `[1 Stop batch]`, numbered in the order of `cardButtons`.
 */
export function cardText(card: JsonObject, width = 76): string {
  const inner = width - 2;
  const [head, rest] = splitBand(objectsOf(card['body']));
  const lines = [
    `┌${'─'.repeat(width - 1)}`,
    ...framed(stack(head, inner)),
    ...(head.length > 0 && rest.length > 0 ? [`├${'─'.repeat(width - 1)}`] : []),
    ...framed(stack(rest, inner)),
  ];
  const buttons = buttonRow(cardButtons(card), inner);
  return [...lines, ...(buttons.length > 0 ? ['│', ...framed(buttons)] : []), `└${'─'.repeat(width - 1)}`].join('\n');
}

/** A Markdown text as plain words. */
export function plainText(markdown: string): string {
  return withoutControls(markdown)
    .replaceAll(/<at>(.*?)<\/at>/gu, '@$1')
    .replaceAll(/\[([^\]]*)\]\(([^)]*)\)/gu, '$1 ($2)')
    .replaceAll(/(?<!\\)(\*\*|__)/gu, '')
    .replaceAll(/(?<![\\\w])[*_](?=\S)(.*?\S)(?<!\\)[*_](?!\w)/gu, '$1')
    .replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1');
}

function splitBand(body: readonly JsonObject[]): readonly [readonly JsonObject[], readonly JsonObject[]] {
  const [first, ...rest] = body;
  return first !== undefined && first['type'] === 'Container' && first['bleed'] === true ? [[first], rest] : [[], body];
}

/** Elements one under the other; an empty line where the card leaves more than a small space. */
function stack(elements: readonly JsonObject[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const element of elements.filter((one) => one['isVisible'] !== false)) {
    const own = render(element, width);
    if (own.length === 0) continue;
    const isTight = element['spacing'] === 'None' || element['spacing'] === 'Small';
    if (lines.length > 0 && (!isTight || isTiles(element))) lines.push('');
    lines.push(...own);
  }
  return lines;
}

function render(element: JsonObject, width: number): readonly string[] {
  switch (element['type']) {
    case 'TextBlock':
      return wrap(plainText(textAt(element, 'text') ?? ''), width);
    case 'RichTextBlock':
      return wrap(richText(element), width);
    case 'Container':
    case 'TableCell':
      return container(element, width);
    case 'ColumnSet':
      return besides(objectsOf(element['columns']).map(columnOf), width);
    case 'FactSet':
      return facts(element, width);
    case 'Image':
      return [`(${textAt(element, 'altText') ?? 'image'})`];
    case 'ActionSet':
      return [];
    default:
      return otherElement(element, width);
  }
}

function otherElement(element: JsonObject, width: number): readonly string[] {
  const type = textAt(element, 'type') ?? '';
  if (type.startsWith('Input.')) {
    const star = element['isRequired'] === true ? ' *' : '';
    return [`${textAt(element, 'label') ?? textAt(element, 'id') ?? ''}${star}: ____ (${textAt(element, 'id') ?? ''})`];
  }
  return isObject(element['fallback']) ? render(element['fallback'], width) : [];
}

function container(element: JsonObject, width: number): readonly string[] {
  const items = objectsOf(element['items']);
  // A styled container inside the card is a panel; a band is already framed by the card.
  const isPanel = element['style'] !== undefined && element['style'] !== 'default' && element['bleed'] !== true;
  if (!isPanel) return stack(items, width);
  return stack(items, width - 2).map((line) => (line === '' ? '▎' : `▎ ${line}`));
}

/** Numbers above their labels: two rows of them without a gap would read as one. */
function isTiles(element: JsonObject): boolean {
  const columns = objectsOf(element['columns']);
  return columns.length > 1 && columns.every((column) => objectsOf(column['items']).length === 2);
}

function columnOf(column: JsonObject): TextColumn {
  const items = objectsOf(column['items']);
  const alignment = items[0]?.['horizontalAlignment'];
  return {
    width: widthOf(column['width']),
    align: alignment === 'Right' ? 'right' : alignment === 'Center' ? 'center' : 'left',
    render: (width) => stackTight(items, width),
  };
}

function stackTight(items: readonly JsonObject[], width: number): readonly string[] {
  return items.filter((item) => item['isVisible'] !== false).flatMap((item) => render(item, width));
}

function widthOf(width: unknown): TextColumn['width'] {
  if (typeof width === 'number') return { share: width };
  if (typeof width !== 'string' || width === 'stretch') return { share: 1 };
  // A character is about 8 px; the narrow column of a mark needs just one.
  const pixels = width.endsWith('px') ? Number.parseInt(width, 10) : undefined;
  if (pixels !== undefined) return { fixed: pixels <= 28 ? 1 : Math.ceil(pixels / 8) };
  return Number.isNaN(Number(width)) ? 'natural' : { share: Number(width) };
}

function richText(element: JsonObject): string {
  const inlines = Array.isArray(element['inlines']) ? element['inlines'] : [];
  return inlines
    .map((run) => (typeof run === 'string' ? run : (textAt(run, 'text') ?? '')))
    .map(withoutControls)
    .join('');
}

function facts(element: JsonObject, width: number): readonly string[] {
  const rows = objectsOf(element['facts']).map((fact) => ({
    title: plainText(textAt(fact, 'title') ?? ''),
    value: plainText(textAt(fact, 'value') ?? ''),
  }));
  const column = Math.min(24, Math.max(0, ...rows.map(({ title }) => lengthOf(title)))) + 2;
  return rows.flatMap(({ title, value }) =>
    wrap(value, width - column).map((line, index) => `${pad(index === 0 ? title : '', column)}${line}`),
  );
}

function buttonRow(buttons: readonly CardButton[], width: number): readonly string[] {
  const labels = buttons.map(({ title, behind, inputs, action }, index) => {
    const asked = action['type'] === 'Action.OpenUrl' ? '' : inputs.map(({ id }) => ` ${id}=`).join('');
    return `[${index + 1} ${behind === undefined ? '' : `${behind} › `}${title}${asked}]`;
  });
  const rows: string[] = [];
  for (const label of labels) {
    const last = rows.at(-1);
    if (last !== undefined && lengthOf(last) + 2 + lengthOf(label) <= width)
      rows[rows.length - 1] = `${last}  ${label}`;
    else rows.push(label);
  }
  return rows;
}

function framed(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '│' : `│ ${line}`));
}

/** A terminal obeys control characters; a card may carry names from elsewhere. */
function withoutControls(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, ' ');
}
