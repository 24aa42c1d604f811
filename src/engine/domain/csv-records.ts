/** One record with the row it begins in (the first row is 1). */
export interface CsvRecord {
  readonly row: number;
  readonly fields: readonly string[];
}

export type CsvRecords =
  | { readonly records: readonly CsvRecord[] }
  | { readonly unclosedQuoteIn: number }
  | { readonly moreThan: number };

/**
 * Cuts CSV text into records (RFC 4180, read leniently): quotes protect separators and line ends, a doubled quote is a
 * quote, a quote inside an unquoted value is kept. Line ends may be CRLF, LF or CR; blank lines are left out. One pass.
 */
export function csvRecords(text: string, separator: string, limit: number): CsvRecords {
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let row = 1;
  let rowOfRecord = 1;
  let at = 0;
  while (at <= text.length) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return { unclosedQuoteIn: row };
      const end = endOfValue(text, quoted.next, separator);
      fields.push(quoted.value + text.slice(quoted.next, end));
      row += countLineEnds(text.slice(at, quoted.next));
      at = end;
    } else {
      const end = endOfValue(text, at, separator);
      fields.push(text.slice(at, end));
      at = end;
    }
    if (text[at] === separator) {
      at += 1;
      continue;
    }
    if (fields.length > 1 || fields[0]?.trim() !== '') {
      if (records.length >= limit) return { moreThan: limit };
      records.push({ row: rowOfRecord, fields });
    }
    if (at >= text.length) break;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    row += 1;
    rowOfRecord = row;
    fields = [];
    if (at >= text.length) break;
  }
  return { records };
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

function endOfValue(text: string, from: number, separator: string): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

function countLineEnds(text: string): number {
  return text.split(/\r\n|\r|\n/).length - 1;
}

/** The separator of a header row: comma, semicolon (German Excel) or tab, whichever it has most of. */
export function separatorOf(text: string): string {
  const header = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  const counts = [',', ';', '\t'].map((separator) => [separator, header.split(separator).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
