/** A message whose large attachments were taken out, and what was taken, by the token that stands in its place. */
export interface HollowMessage {
  readonly mime: Buffer;
  /** base64 as it stood in the message, line ends included. */
  readonly taken: ReadonlyMap<string, Buffer>;
}

const WORTH_TAKING = 4096;
const LONGEST_PART_HEADER = 16 * 1024;
const LINE_FEED = 0x0a;

/**
 * Takes large base64 bodies out of a message before it is parsed. Graph wants attachments in base64, which they already
 * are: parsing them would decode and encode every byte. Only leaf parts below a declared boundary are touched; base64
 * has no "-", so the next line that begins with "--" ends the body.
 */
export function hollowAttachments(raw: Buffer): HollowMessage {
  const taken = new Map<string, Buffer>();
  if (raw.length < WORTH_TAKING) return { mime: raw, taken };
  const boundaries = new Set<string>();
  if (!learn(boundaries, headerAt(raw, 0)?.text ?? '')) return { mime: raw, taken };
  const pieces: Buffer[] = [];
  let copied = 0;
  let at = 0;
  while (boundaries.size > 0 && (at = raw.indexOf('\n--', at)) >= 0) {
    const lineEnd = raw.indexOf(LINE_FEED, at + 1);
    if (lineEnd < 0) break;
    const boundary = raw.toString('latin1', at + 3, Math.min(lineEnd, at + 3 + 200)).trimEnd();
    const header = boundaries.has(boundary) ? headerAt(raw, lineEnd + 1) : undefined;
    // A nested message becomes an attachment as a whole: nothing in it may be missing.
    if (header !== undefined && !learn(boundaries, header.text)) return { mime: raw, taken: new Map() };
    const body = header === undefined ? undefined : base64Body(raw, header);
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

interface PartHeader {
  /** Unfolded, lower case but for what follows "boundary=". */
  readonly text: string;
  /** Where the body begins. */
  readonly end: number;
}

function headerAt(raw: Buffer, start: number): PartHeader | undefined {
  const window = raw.subarray(start, start + LONGEST_PART_HEADER);
  const crlf = window.indexOf('\r\n\r\n');
  const lf = window.indexOf('\n\n');
  const length = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf + 4 : lf >= 0 ? lf + 2 : -1;
  if (length < 0) return undefined;
  return { text: window.toString('latin1', 0, length).replaceAll(/\r?\n[ \t]+/g, ' '), end: start + length };
}

/** Notes the boundary a header declares; false when the part is a message of its own. */
function learn(boundaries: Set<string>, header: string): boolean {
  const type = /^content-type:(.*)$/im.exec(header)?.[1] ?? '';
  if (/^\s*message\//i.test(type)) return false;
  const match = /boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(type);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined) boundaries.add(boundary.trimEnd());
  return true;
}

// The body behind this header, when it is large base64 and not text.
function base64Body(raw: Buffer, header: PartHeader): { readonly start: number; readonly end: number } | undefined {
  if (!/^content-transfer-encoding:\s*"?base64"?\s*(;.*)?$/im.test(header.text.replaceAll('\r', ''))) return undefined;
  const type = /^content-type:\s*([^\s;]+)/im.exec(header.text)?.[1] ?? 'text/plain';
  if (/^(text|message|multipart)\//i.test(type)) return undefined;
  const start = header.end;
  const next = raw.indexOf('\n--', start);
  const end = next < 0 ? raw.length : next + 1;
  return end - start >= WORTH_TAKING ? { start, end } : undefined;
}
