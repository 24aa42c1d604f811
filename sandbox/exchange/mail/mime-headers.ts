import type { InternetMessageHeader } from '@microsoft/microsoft-graph-types';

/** Header fields of a block, unfolded, in order (RFC 5322, section 2.2). Lines that are no header are left out. */
export function parseHeaderBlock(text: string): readonly InternetMessageHeader[] {
  return text
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 && !/\s/.test(line.slice(0, colon))
        ? [{ name: line.slice(0, colon), value: line.slice(colon + 1).trim() }]
        : [];
    });
}

/** Decodes the encoded words of a header value (RFC 2047); unknown charsets are read as UTF-8. */
export function decodeWords(value: string): string {
  return value
    .replaceAll(/(=\?[^?\s]+\?[bq]\?[^?\s]*\?=)\s+(?==\?[^?\s]+\?[bq]\?)/gi, '$1')
    .replaceAll(
      /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi,
      (_, charset: string, encoding: string, text: string) => {
        const bytes =
          encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQuoted(text.replaceAll('_', ' '));
        return decodeText(bytes, charset);
      },
    );
}

export function decodeText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Quoted-printable (RFC 2045, section 6.7). */
export function decodeQuoted(text: string): Buffer {
  const joined = text.replaceAll(/[ \t]*=\r?\n/g, '');
  return Buffer.from(
    joined.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Addresses of a header value, groups taken apart: `"A, B" <a@example.com>, b@example.com`. */
export function parseAddresses(value: string): readonly { readonly name: string; readonly address: string }[] {
  const parts = value.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|\([^)]*\)|[^,;"<(])+/g) ?? [];
  return parts.flatMap((part) => {
    const angle = /^(.*?)<([^>]*)>/s.exec(part.replace(/^[^"<@]*:/, ''));
    const address = (angle?.[2] ?? part.replaceAll(/\([^)]*\)/g, '')).trim();
    if (address === '' || !address.includes('@')) return [];
    const name = decodeWords(
      (angle?.[1] ?? '')
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .replaceAll(/\\(.)/g, '$1'),
    );
    return [{ name: name === '' ? address : name, address }];
  });
}
