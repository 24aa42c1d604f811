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
    .trim()
    .toWellFormed();
  return breakable(cutMiddle(clean, length));
}

/** Keeps both ends of a text that is too long: the end of a path says more than its middle. */
function cutMiddle(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (length - 1 - head)).join('')}`;
}

const LONGEST_WORD = 12;

// A word without a break would widen the card: a zero-width space every so often lets it wrap.
function breakable(text: string): string {
  return text
    .split(' ')
    .map((word) =>
      word.length <= LONGEST_WORD
        ? word
        : Array.from(word)
            .map((each, at) => (at > 0 && at % LONGEST_WORD === 0 ? `\u200b${each}` : each))
            .join(''),
    )
    .join(' ');
}

/** Escapes what Markdown would interpret in a TextBlock. Runs need no escaping: they are literal. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\*_[\]()~#>`|<&!]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replace(/^([+-]|\d+\.)/, '\\$1');
}
