/** Text of a header value given as Latin-1: raw bytes and encoded words (RFC 2047) decoded, white space collapsed. */
export function headerText(latin1: string): string {
  const joined = latin1.replaceAll(/\?=\s+=\?/g, '?==?');
  const pieces: string[] = [];
  let at = 0;
  // Neighbouring words of one charset are decoded together: writers split characters between them.
  for (const match of joined.matchAll(/(?:=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=)+/g)) {
    pieces.push(rawText(joined.slice(at, match.index)), decodeWords(match[0]));
    at = match.index + match[0].length;
  }
  return [...pieces, rawText(joined.slice(at))].join('').replaceAll(/\s+/g, ' ').trim();
}

function decodeWords(words: string): string {
  let text = '';
  let run: { readonly charset: string; readonly bytes: Buffer[] } | undefined;
  for (const [, charset = '', encoding = '', content = ''] of words.matchAll(/=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=/g)) {
    const name = charset.toLowerCase().replace(/\*.*$/, '');
    if (run !== undefined && run.charset !== name) text += decodeRun(run);
    if (run?.charset !== name) run = { charset: name, bytes: [] };
    run.bytes.push(encoding.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : decodeQ(content));
  }
  return text + (run === undefined ? '' : decodeRun(run));
}

// Writers split characters between words, and some charsets end each word in a state of its own.
function decodeRun({ charset, bytes }: { readonly charset: string; readonly bytes: readonly Buffer[] }): string {
  const together = decodeText(Buffer.concat(bytes), charset);
  return together.includes('\ufffd') ? bytes.map((each) => decodeText(each, charset)).join('') : together;
}

function decodeQ(content: string): Buffer {
  const text = content
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

/** Raw 8-bit text: UTF-8 when it is valid, else the charset it most often is. */
export function rawText(latin1: string): string {
  return decodeText(Buffer.from(latin1, 'latin1'), isUtf8(latin1) ? 'utf-8' : 'windows-1252');
}

function isUtf8(latin1: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

/** Decodes text in a charset; one that nobody knows is taken for windows-1252. */
export function decodeText(bytes: Buffer, charset: string): string {
  return new TextDecoder(isKnownCharset(charset) ? charset : 'windows-1252').decode(bytes);
}

export function isKnownCharset(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== '';
  } catch {
    return false;
  }
}
