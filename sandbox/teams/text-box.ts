/** Columns of a fixed width beside each other; `natural` takes what its longest line needs, `share` a part of the rest. */
export interface TextColumn {
  readonly width: { readonly fixed: number } | { readonly share: number } | 'natural';
  readonly align: 'left' | 'center' | 'right';
  /** Renders the column into lines of at most this many characters. */
  readonly render: (width: number) => readonly string[];
}

const GAP = 2;

/** Breaks a text at spaces; a word longer than the line is cut. Line breaks of the text stay. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(8, width)));
}

/** Number of characters as a terminal counts them here: one each, combining marks none. */
export function lengthOf(text: string): number {
  return Array.from(text.replaceAll(/\p{M}/gu, '')).length;
}

export function pad(text: string, width: number, align: TextColumn['align'] = 'left'): string {
  const missing = Math.max(0, width - lengthOf(text));
  const before = align === 'right' ? missing : align === 'center' ? Math.floor(missing / 2) : 0;
  return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

/** Sets columns beside each other, every line padded so that the next column starts at the same place. */
export function besides(columns: readonly TextColumn[], width: number): readonly string[] {
  const widths = widthsOf(columns, width);
  const rendered = columns.map((column, index) => column.render(widths[index] ?? 0));
  const height = Math.max(0, ...rendered.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map((column, index) => pad(rendered[index]?.[row] ?? '', widths[index] ?? 0, column.align))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function widthsOf(columns: readonly TextColumn[], width: number): readonly number[] {
  const free = width - GAP * (columns.length - 1);
  const known = columns.map((column) => {
    if (column.width === 'natural') return Math.min(free, Math.max(0, ...column.render(free).map(lengthOf)));
    return 'fixed' in column.width ? column.width.fixed : undefined;
  });
  const rest = Math.max(0, free - known.reduce<number>((sum, one) => sum + (one ?? 0), 0));
  const shares = columns.map(({ width }) => (typeof width === 'object' && 'share' in width ? width.share : 0));
  const all = shares.reduce((sum, share) => sum + share, 0);
  return known.map((one, index) => one ?? Math.max(1, Math.floor((rest * (shares[index] ?? 0)) / Math.max(1, all))));
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/ +/u)) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (lengthOf(joined) <= width) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current.trimEnd());
    const letters = Array.from(word);
    while (letters.length > width) lines.push(letters.splice(0, width).join(''));
    current = letters.join('');
  }
  return [...lines, current.trimEnd()];
}
