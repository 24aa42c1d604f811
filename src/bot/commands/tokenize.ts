/** The longest message that is read as a command; nobody types more. */
export const LONGEST_COMMAND = 2000;

/** A word of a command; `name` is set for `name=value`. */
export interface Token {
  readonly name?: string;
  readonly value: string;
}

/** Opening quotes of keyboards and languages, with all that may close them. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"“”',
  '„': '“”"',
  '“': '”"',
  '”': '”"',
  '«': '»',
  '»': '«',
  '‹': '›',
  '›': '‹',
  "'": "'’",
  '‘': "’'",
  '‚': '‘’',
  '`': '`',
};

/**
 * Cuts a message into words: quotes of any language keep spaces together, `name=value` may quote its value. One pass
 * over at most 2,000 characters.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text, at)) {
      at += 1;
      continue;
    }
    const name = readName(text, at);
    const start = name === undefined ? at : at + name.length + 1;
    const { value, next } = readValue(text, start);
    tokens.push(name === undefined ? { value } : { name: name.toLowerCase(), value });
    at = next;
  }
  return tokens;
}

function readName(text: string, at: number): string | undefined {
  let end = at;
  while (end < text.length && /[A-Za-z-]/.test(text[end] ?? '')) end += 1;
  return end > at && text[end] === '=' ? text.slice(at, end) : undefined;
}

function readValue(text: string, start: number): { readonly value: string; readonly next: number } {
  const close = QUOTES[text[start] ?? ''];
  if (close !== undefined) {
    let end = start + 1;
    while (end < text.length && !close.includes(text[end] ?? '')) end += 1;
    return { value: text.slice(start + 1, end), next: end + 1 };
  }
  let end = start;
  while (end < text.length && !isSpace(text, end)) end += 1;
  return { value: text.slice(start, end), next: end };
}

/** A value as `name=value` that reads back as it is; undefined when no quotes of the table are left for it. */
export function namedWord(name: string, value: string): string | undefined {
  const pair = Object.entries(QUOTES).find(([, closing]) => Array.from(closing).every((each) => !value.includes(each)));
  return pair === undefined ? undefined : `${name}=${pair[0]}${value}${pair[1].charAt(0)}`;
}

function isSpace(text: string, at: number): boolean {
  return text[at] === ' ';
}

const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#160': ' ',
  '#34': '"',
};

/**
 * The words of a message as Teams sends it: mentions of the bot gone (however often), entities decoded, every kind of
 * space one space. Linear, and cut to the longest command first.
 */
export function cleanMessage(text: string, botNames: readonly string[]): string {
  let clean = text.slice(0, LONGEST_COMMAND);
  for (const name of botNames) clean = withoutMentions(clean, name);
  clean = clean.replaceAll(/&(#\d{2,3}|[a-z]{2,4});/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
  clean = plainSpaces(clean);
  for (const name of botNames) {
    const typed = `@${name.toLowerCase()}`;
    while (clean.toLowerCase().startsWith(`${typed} `) || clean.toLowerCase() === typed)
      clean = clean.slice(typed.length).trim();
  }
  return clean;
}

/**
 * Every kind of space or control character is one space. What has no width goes: who copies an address from a card copies
 * the places where it may wrap, too.
 */
export function plainSpaces(text: string): string {
  const seen = text.replaceAll(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed
  const spaced = seen.replaceAll(/[\s\u0000-\u001f\u00a0]/g, ' ').trim();
  return spaced.replaceAll(/ {2,}/g, ' ');
}

// "<at>Bellhop</at>", with or without attributes, in any case, however often.
function withoutMentions(text: string, name: string): string {
  const lower = asciiLower(text);
  const end = `>${asciiLower(name)}</at>`;
  let clean = '';
  let at = 0;
  for (;;) {
    const close = lower.indexOf(end, at);
    if (close < 0) return clean + text.slice(at);
    const open = lower.lastIndexOf('<at', close);
    clean += open < at ? text.slice(at, close + end.length) : `${text.slice(at, open)} `;
    at = close + end.length;
  }
}

// toLowerCase may change the length of a text; places found in one must fit the other.
function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const SECRET = /(?:^|[\s,;"'])(?:pass(?:word|wd|wort)?|kennwort|pwd?|pw|secret|token)\s*[=:]\s*\S/i;

/** Whether a message looks as if it carried a password. Such a message is refused and kept nowhere. */
export function looksLikeSecret(text: string): boolean {
  return SECRET.test(text.slice(0, LONGEST_COMMAND));
}
