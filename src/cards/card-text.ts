import type { Card, CardElement } from './elements.ts';

const WIDTH = 76;

/** A card as aligned plain text: for terminals and transcripts. Buttons are numbered, as "[1 Stop batch]". */
export function cardText(card: Card): string {
  const lines = card.body.flatMap((element) => elementLines(element));
  const buttons = card.actions.map((action, at) => `[${at + 1} ${String(action['title'])}]`);
  return [...lines, ...(buttons.length === 0 ? [] : ['', buttons.join(' ')])].join('\n').replaceAll(/\n{3,}/g, '\n\n');
}

function elementLines(element: CardElement): readonly string[] {
  switch (element.type) {
    case 'TextBlock':
      return wrap(plain(String(element['text'])));
    case 'RichTextBlock':
      return wrap(list(element['inlines']).map(runText).join(''));
    case 'FactSet':
      return list(element['facts']).map(
        (fact) => `${plain(String(fact['title'])).padEnd(12)} ${plain(String(fact['value']))}`,
      );
    case 'ColumnSet':
      return columnLines(list(element['columns']));
    case 'Container': {
      const inner = list(element['items']).flatMap((item) => elementLines(item));
      if (element['style'] === 'emphasis' && element['bleed'] !== true)
        return ['', ...inner.map((line) => `| ${line}`)];
      return element['bleed'] === true ? inner : ['', ...inner];
    }
    // What only Teams draws carries the same as rows.
    default:
      return isElement(element['fallback']) ? elementLines(element['fallback']) : [];
  }
}

function isElement(value: unknown): value is CardElement {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

// In a bar without colours, what failed has a pattern of its own.
function runText(run: CardElement): string {
  const text = String(run['text']).replaceAll('\u200b', '');
  return run['color'] === 'Attention' ? text.replaceAll('█', '▒') : text;
}

// Tiles become one line of figures; rows with marks and amounts stay rows; the band's first row spans the width.
function columnLines(columns: readonly CardElement[]): readonly string[] {
  const cells = columns.map((column) => list(column['items']).flatMap((item) => elementLines(item)));
  const widths = columns.map((column) => column['width']);
  if (widths.every((width) => width === 1))
    return [
      '',
      cells
        .map(([value = '', label = '']) => `${value} ${label}`.padEnd(24))
        .join('')
        .trimEnd(),
    ];
  const [first = [], second = [], third] = cells;
  if (widths[0] === '20px') {
    const left = second.map((line, at) => `${at === 0 ? first.join('') : ' '} ${line}`);
    const right = third?.join(' ') ?? '';
    return right === '' ? left : [`${(left[0] ?? '').padEnd(WIDTH - right.length - 1)} ${right}`, ...left.slice(1)];
  }
  if (widths[0] === '76px')
    return second.map((line, at) => `${(at === 0 ? first.join('') : '').padStart(10)}  ${line}`);
  const right = second.join(' ');
  return [`${first.join(' ').padEnd(WIDTH - right.length - 1)} ${right}`];
}

function list(value: unknown): readonly CardElement[] {
  return Array.isArray(value) ? (value as readonly CardElement[]) : [];
}

// Our own Markdown (bold, escapes) as text.
function plain(text: string): string {
  return text
    .replaceAll('**', '')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200b', '')
    .replaceAll('\u00a0', ' ');
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.replaceAll('\u00a0', ' ').split(' ')) {
    if (current !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
