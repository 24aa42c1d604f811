/** A MIME entity as it lies in a message. */
export interface ReadEntity {
  /** Unfolded values by lower-case name, in order, as Latin-1 so that no byte is lost. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

export interface HeaderValue {
  readonly value: string;
  readonly params: ReadonlyMap<string, string>;
}

/** Takes header and body apart; a message that begins with an empty line has no header. */
export function readEntity(raw: Buffer): ReadEntity {
  const isHeaderless = raw.subarray(0, 2).toString() === '\r\n';
  const end = isHeaderless ? 0 : raw.indexOf('\r\n\r\n');
  const head = end < 0 ? raw : raw.subarray(0, end);
  const body = end < 0 ? Buffer.alloc(0) : raw.subarray(end + (isHeaderless ? 2 : 4));

  const headers = new Map<string, string[]>();
  for (const line of head
    .toString('latin1')
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')) {
    const match = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
    if (match === null) continue;
    const name = (match[1] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), (match[2] ?? '').trim()]);
  }
  return { headers, body };
}

/** Value and parameters of Content-Type and the like; of RFC 2231 values the charset is dropped. */
export function readParams(text: string): HeaderValue {
  const [value = ''] = text.split(';', 1);
  const params = new Map<string, string>();
  for (const match of text.matchAll(/;\s*([^\s=;*]+)[^=;]*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]*))/g)) {
    const name = (match[1] ?? '').toLowerCase();
    const content = (match[2] ?? match[3] ?? '').trim();
    const isExtended = match[0].slice(0, match[0].indexOf('=')).includes('*');
    params.set(name, (params.get(name) ?? '') + (isExtended ? content.replace(/^[\w.-]*'[\w-]*'/, '') : content));
  }
  return { value: value.trim().toLowerCase(), params };
}

/** The parts of a multipart body (RFC 2046, 5.1.1); a missing end is forgiven. */
export function splitParts(body: Buffer, boundary: string): readonly Buffer[] {
  const delimiter = `--${boundary}`;
  const parts: Buffer[] = [];
  let start = -1;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    const isLineStart = at === 0 || body[at - 1] === 0x0a;
    const after = at + delimiter.length;
    const isLast = body.subarray(after, after + 2).toString() === '--';
    const lineEnd = body.indexOf('\r\n', after);
    const isLine = lineEnd >= 0 ? /^(--)?[ \t]*$/.test(body.subarray(after, lineEnd).toString('latin1')) : isLast;
    if (!isLineStart || !isLine) continue;
    if (start >= 0) parts.push(body.subarray(start, Math.max(start, at - 2)));
    start = isLast ? -1 : lineEnd + 2;
    if (isLast) break;
  }
  if (start >= 0) parts.push(body.subarray(start));
  return parts;
}

/** Undoes the transfer encoding. */
export function decodeBody(body: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
  if (encoding !== 'quoted-printable') return body;
  const text = body
    .toString('latin1')
    .replaceAll(/[ \t]+(?=\r\n)/g, '')
    .replaceAll('=\r\n', '');
  const bytes = text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
