import { badRequest } from '../graph/graph-error.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'date'; readonly ms: number }
  | { readonly kind: 'sign'; readonly text: string };

const PATTERN =
  /\s*(?:'((?:[^']|'')*)'|(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)|(-?\d+(?:\.\d+)?)(?![\w-])|([A-Za-z_@$][\w.@$]*(?:\/[\w.@$]+)*)|([(),:;=/]))/y;

/** Cuts an OData expression into tokens (OData 4.01 ABNF, as far as mail clients use it). Throws 400 for anything else. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < end) {
    const from = PATTERN.lastIndex;
    const match = PATTERN.exec(text);
    if (!match)
      throw badRequest(`Invalid filter clause: there is an unexpected character at position ${from} in '${text}'.`);
    const [, string, date, number, word, sign] = match;
    if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    else if (date !== undefined) tokens.push({ kind: 'date', ms: readDate(date) });
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

function readDate(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw badRequest(`Invalid filter clause: '${text}' is not a date.`);
  return ms;
}
