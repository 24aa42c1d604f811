const WEB_SCHEME = /\b(https?|ftps?|file|mailto|tel|data|javascript|msteams):/gi;
const WEB_NAME = /\bwww\./gi;
/** The tag of a mention, escaped or not. */
const MENTION = /(<|&lt;)(\/?at\b)/gi;

/**
 * Text from outside (folders, subjects, names, server answers) made fit for a card: one line, no control, bidirectional
 * or invisible characters, nothing a client expands ({{DATE(...)}}), cut in the middle, long words breakable.
 */
export function foreign(text: string, length = 80): string {
  const clean = text
    .slice(0, 4 * length + 1000)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, '')
    .replaceAll('{{', '{ {')
    .replaceAll('${', '$ {')
    // Clients turn what looks like an address of the web into a link, whatever the card says.
    .replaceAll(WEB_SCHEME, '$1\u200b:')
    .replaceAll(WEB_NAME, 'www\u200b.')
    .replaceAll(MENTION, '$1\u200b$2')
    .trim()
    .toWellFormed();
  return breakable(cutMiddle(clean, length));
}

/** Keeps both ends of a text that is too long: the end of a path says more than its middle. */
function cutMiddle(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  const tail = characters.length - (length - 1 - head);
  // An address that is cut stays one: what is left of it is told by its "@".
  const hasLost = characters.slice(head, tail).includes('@');
  return `${characters.slice(0, head).join('')}…${hasLost ? '@…' : ''}${characters.slice(hasLost ? tail + 2 : tail).join('')}`;
}

const LONGEST_WORD = 12;

/** Where people break addresses, paths and names: behind a mark, and before a capital. */
const NATURAL = /(?<=[\p{L}\p{N}][@./\\_:-])|(?<=\p{Ll})(?=\p{Lu})/u;
/** A word of a language: narrow letters, and never so many that a phone has no room for it. */
const PLAIN = /^[("„“]?\p{L}\p{Ll}{0,17}[^\p{L}\p{N}]{0,2}$/u;

// A word without a break would widen the card: a zero-width space every so often lets it wrap, where people would if it can.
function breakable(text: string): string {
  return text
    .split(' ')
    .map((word) => (word.length <= LONGEST_WORD || PLAIN.test(word) ? word : piecesOf(word).join('\u200b')))
    .join(' ');
}

function piecesOf(word: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of word.split(NATURAL)) {
    const characters = Array.from(part);
    if (Array.from(piece).length + characters.length <= LONGEST_WORD) {
      piece += part;
      continue;
    }
    if (piece !== '') pieces.push(piece);
    for (let at = LONGEST_WORD; at < characters.length; at += LONGEST_WORD)
      pieces.push(characters.slice(at - LONGEST_WORD, at).join(''));
    piece = characters.slice(Math.floor((characters.length - 1) / LONGEST_WORD) * LONGEST_WORD).join('');
  }
  return piece === '' ? pieces : [...pieces, piece];
}

/** Escapes what Markdown would interpret in a TextBlock. Runs need no escaping: they are literal. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\*_[\]()~#>`|<&!]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replace(/^([+-]|\d+\.)/, '\\$1');
}

const LONGEST_TEXT = 600;

/**
 * The last thing every text of a card goes through, whoever put it together: nothing a client expands, turns into a link
 * or reads from right to left is left, and no text is longer than a card can bear.
 */
export function tame(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll('{{', '{ {')
    .replaceAll('${', '$ {')
    .replaceAll(WEB_SCHEME, '$1\u200b:')
    .replaceAll(WEB_NAME, 'www\u200b.')
    .replaceAll(MENTION, '$1\u200b$2')
    .toWellFormed();
}

/** The same for a text that is read as Markdown: of it our own texts use nothing but bold letters. */
export function tameMarkdown(text: string): string {
  return tame(text)
    .replaceAll(/(?<!\\)[[\]]/g, '\\$&')
    .replaceAll('<', '&lt;');
}
