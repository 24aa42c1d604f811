/** A message whose large attachments were taken out, and what was taken, by the token that stands in its place. */
export interface HollowMessage {
  readonly mime: Buffer;
  /** base64 as it stood in the message, line ends included. */
  readonly taken: ReadonlyMap<string, Buffer>;
}

const WORTH_TAKING = 4096;
const LONGEST_PART_HEADER = 16 * 1024;

/**
 * Takes large base64 bodies out of a message before it is parsed. Graph wants attachments in base64, which they already
 * are: parsing them would decode and encode every byte. Only leaf parts below a declared boundary are touched; base64
 * has no "-", so the next line that begins with "--" ends the body.
 */
export function hollowAttachments(raw: Buffer): HollowMessage {
  const taken = new Map<string, Buffer>();
  // A nested message becomes an attachment as a whole: nothing in it may be missing.
  if (raw.length < WORTH_TAKING || includesNested(raw)) return { mime: raw, taken };
  const boundaries = declaredBoundaries(raw);
  const pieces: Buffer[] = [];
  let copied = 0;
  let at = 0;
  while ((at = raw.indexOf('\n--', at)) >= 0) {
    const lineEnd = raw.indexOf('\n', at + 1);
    if (lineEnd < 0) break;
    const boundary = raw.toString('latin1', at + 3, Math.min(lineEnd, at + 3 + 200)).trimEnd();
    const body = boundaries.has(boundary) ? base64Body(raw, lineEnd + 1) : undefined;
    if (body === undefined) {
      at = lineEnd;
      continue;
    }
    const token = `bellhop-taken-${taken.size}-${body.end - body.start}`;
    taken.set(token, raw.subarray(body.start, body.end));
    pieces.push(raw.subarray(copied, body.start), Buffer.from(`${Buffer.from(token).toString('base64')}\r\n`));
    copied = body.end;
    at = body.end - 1;
  }
  if (taken.size === 0) return { mime: raw, taken };
  return { mime: Buffer.concat([...pieces, raw.subarray(copied)]), taken };
}

function includesNested(raw: Buffer): boolean {
  return ['/rfc822', '/RFC822', '/Rfc822', '/global'].some((subtype) => raw.includes(subtype));
}

function declaredBoundaries(raw: Buffer): ReadonlySet<string> {
  const boundaries = new Set<string>();
  for (const name of ['boundary=', 'Boundary=', 'BOUNDARY=']) {
    for (let at = raw.indexOf(name); at >= 0; at = raw.indexOf(name, at + 1)) {
      const value = raw.toString('latin1', at + name.length, at + name.length + 200);
      const match = /^"([^"\r\n]+)"|^([^\s;"]+)/.exec(value);
      const boundary = match?.[1] ?? match?.[2];
      if (boundary !== undefined) boundaries.add(boundary.trimEnd());
    }
  }
  return boundaries;
}

// The body of a part that begins here, when it is large base64 and not text.
function base64Body(raw: Buffer, partStart: number): { readonly start: number; readonly end: number } | undefined {
  const window = raw.subarray(partStart, partStart + LONGEST_PART_HEADER);
  const crlf = window.indexOf('\r\n\r\n');
  const lf = window.indexOf('\n\n');
  const headerEnd = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf + 4 : lf >= 0 ? lf + 2 : -1;
  if (headerEnd < 0) return undefined;
  const header = window
    .toString('latin1', 0, headerEnd)
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .toLowerCase();
  if (!/^content-transfer-encoding:\s*"?base64"?\s*(;.*)?$/m.test(header)) return undefined;
  const type = /^content-type:\s*([^\s;]+)/m.exec(header)?.[1] ?? 'text/plain';
  if (/^(text|message|multipart)\//.test(type)) return undefined;
  const start = partStart + headerEnd;
  const next = raw.indexOf('\n--', start);
  const end = next < 0 ? raw.length : next + 1;
  return end - start >= WORTH_TAKING ? { start, end } : undefined;
}
