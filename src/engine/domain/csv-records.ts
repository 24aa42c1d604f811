const LF = 10;
const CR = 13;

/** One record with the row it begins in (the first row is 1). */
export interface CsvRecord {
  readonly row: number;
  readonly fields: readonly string[];
}

/** A file that can be cut: its first record, how many follow, and those, cut anew whenever they are asked for. */
export interface CsvRecords {
  readonly head: CsvRecord;
  readonly count: number;
  readonly records: Iterable<CsvRecord>;
}

interface UnclosedQuote {
  readonly unclosedQuoteIn: number;
}

/**
 * Cuts CSV text into records (RFC 4180, read leniently): quotes protect separators and line ends, a doubled quote is a
 * quote, a quote inside an unquoted value is kept. Line ends may be CRLF, LF or CR; blank lines are left out. The file is
 * never there as values all at once: 50,000 rows of them take several times the memory of its text.
 */
export function csvRecords(
  text: string,
  separator: string,
  limit: number,
): CsvRecords | UnclosedQuote | { readonly moreThan: number } | undefined {
  let head: CsvRecord | undefined;
  let count = -1;
  for (const record of cut(text, separator)) {
    if ('unclosedQuoteIn' in record) return record;
    head ??= record;
    count += 1;
    if (count > limit) return { moreThan: limit };
  }
  return head === undefined
    ? undefined
    : { head, count, records: { [Symbol.iterator]: () => belowHead(text, separator) } };
}

function* belowHead(text: string, separator: string): Generator<CsvRecord> {
  let isHead = true;
  for (const record of cut(text, separator)) {
    if (!isHead && 'fields' in record) yield record;
    isHead = false;
  }
}

function* cut(text: string, separator: string): Generator<CsvRecord | UnclosedQuote> {
  let fields: string[] = [];
  let row = 1;
  let rowOfRecord = 1;
  let at = 0;
  const nextSeparator = nextOf(text, separator);
  const nextLf = nextOf(text, '\n');
  const nextCr = nextOf(text, '\r');
  const lineEnd = (from: number): number => Math.min(nextLf(from), nextCr(from));
  const valueEnd = (from: number): number => Math.min(nextSeparator(from), lineEnd(from));
  while (at <= text.length) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return yield { unclosedQuoteIn: row };
      if (lineEnd(at) < quoted.next) row += countLineEnds(text, at, quoted.next);
      const end = valueEnd(quoted.next);
      fields.push(quoted.value + text.slice(quoted.next, end));
      at = end;
    } else {
      const end = valueEnd(at);
      fields.push(text.slice(at, end));
      at = end;
    }
    if (text[at] === separator) {
      at += 1;
      continue;
    }
    if (fields.length > 1 || fields[0]?.trim() !== '') yield { row: rowOfRecord, fields };
    if (at >= text.length) return;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    row += 1;
    rowOfRecord = row;
    fields = [];
    if (at >= text.length) return;
  }
}

function readQuoted(text: string, at: number): { readonly value: string; readonly next: number } | undefined {
  let value = '';
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, next: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

/** Where a character is next; asked with positions that only grow, the text is read once, whatever is asked. */
function nextOf(text: string, character: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    const at = text.indexOf(character, from);
    found = at < 0 ? text.length : at;
    return found;
  };
}

// CRLF, LF and CR are one line end each.
function countLineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === CR || (code === LF && (at === from || text.charCodeAt(at - 1) !== CR))) count += 1;
  }
  return count;
}

/** The separator of a header row: comma, semicolon (German Excel) or tab, whichever it has most of. */
export function separatorOf(text: string): string {
  const header = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  const counts = [',', ';', '\t'].map((separator) => [separator, header.split(separator).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
