import { randomUUID } from 'node:crypto';
import { type Cut, withCuts, withoutEncoding } from './cuts.ts';
import { readableHeaders } from './raw-headers.ts';
import { type TakenText, takeTexts } from './take-texts.ts';
import { type TransferCoding, transferCoding } from './transfer-coding.ts';

/** A body as it stood in the message. */
export interface TakenBody {
  readonly bytes: Buffer;
  /** What it has to be decoded from; a nested message is its bytes. */
  readonly encoding: TransferCoding;
}

/** A message whose attachments were taken out, and what was taken, by the token that stands in its place. */
export interface HollowMessage {
  readonly mime: Buffer;
  readonly taken: ReadonlyMap<string, TakenBody>;
  /** The same for its only text and its only HTML: by what a parser reads where they stood. */
  readonly texts: ReadonlyMap<string, TakenText>;
  /** A multipart in it has no boundary that begins a part: parsers drop its whole body. */
  readonly broken: boolean;
}

/** Below this, base64 is cheaper to parse; everything else is taken whole, since parsers change its line ends. */
const WORTH_TAKING = 4096;
const LONGEST_PART_HEADER = 16 * 1024;
/** RFC 2046 allows 70 characters; some programs write more. */
const LONGEST_BOUNDARY = 1200;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Nobody who writes mail can know it, so no mail can name a body that is not its own. */
const TOKEN = `taken-${randomUUID()}`;

/**
 * Takes attachments, nested messages and (unless they are to stay) texts out of a message before it is parsed: parsing would
 * decode every byte of base64, look at every line of text, and change line ends of what is kept as it is. Raw 8-bit headers
 * of parts are made readable on the way, like those of the message. Only leaf parts below a declared boundary are touched.
 * Whoever parses the rest must find every token again as the whole content of one attachment, or as the whole text; where
 * one is missing, the parser sees another structure and the message counts as a whole.
 */
export function hollowAttachments(raw: Buffer, withTexts: boolean): HollowMessage {
  const taken = new Map<string, TakenBody>();
  const texts = withTexts ? takeTexts(raw) : undefined;
  const textEnd = (start: number): number => endOfText(raw, start, boundaries);
  const boundaries = new Set<string>();
  const opened = new Set<string>();
  const root = headerAt(raw, 0);
  let broken = false;
  const cuts: Cut[] = [];
  let at = 0;
  // Decoders cost the parser more than what they decode here: where the header can be changed, the token stands there as it is.
  function replace({ start, end, encoding }: Body, token: string, headerStart: number | undefined): boolean {
    const isCoded = encoding === 'base64' || encoding === 'quoted-printable';
    const header = isCoded && headerStart !== undefined ? withoutEncoding(raw, headerStart, start) : undefined;
    if (header !== undefined) cuts.push(header);
    const isEncoded = encoding === 'base64' && header === undefined;
    cuts.push({ start, end, replacement: Buffer.from(isEncoded ? Buffer.from(token).toString('base64') : token) });
    return isEncoded;
  }
  function take(body: Body, headerStart: number | undefined): void {
    const { start, end, encoding } = body;
    if (encoding === 'base64' && end - start < WORTH_TAKING) return;
    const token = `${TOKEN}-${taken.size}`;
    taken.set(token, { bytes: raw.subarray(start, end), encoding });
    replace(body, token, headerStart);
  }
  const rootForm = root && texts?.look(root.text, 0, root.end, textEnd);
  if (typeof rootForm !== 'number') {
    broken = !learn(boundaries, root?.text ?? '');
    // A message that is nothing but a file; of one that is another message, every parser makes an attachment itself.
    const file = root && !/^content-type:\s*message\//im.test(root.text) && bodyWorthTaking(raw, root, boundaries);
    if (typeof file === 'object') take(file, rootForm === 'other' ? 0 : undefined);
  }
  while (boundaries.size > 0 && (at = raw.indexOf('\n--', at)) >= 0) {
    const lineEnd = raw.indexOf(LINE_FEED, at + 1);
    if (lineEnd < 0) break;
    const boundary = lineAt(raw, at + 3);
    if (!boundaries.has(boundary)) {
      at = lineEnd;
      continue;
    }
    opened.add(boundary);
    const header = headerAt(raw, lineEnd + 1);
    const form = texts?.look(header?.text, lineEnd + 1, header?.end ?? lineEnd, textEnd);
    if (header === undefined || typeof form === 'number') {
      // Of an empty text, the line end before the next boundary is that of its header.
      at = typeof form === 'number' ? form - 1 : lineEnd;
      continue;
    }
    const readable = readableHeaders(raw.subarray(lineEnd + 1, header.end));
    if (readable !== undefined) cuts.push({ start: lineEnd + 1, end: header.end, replacement: readable });
    const body = bodyWorthTaking(raw, header, boundaries);
    if (body === undefined && !learn(boundaries, header.text)) broken = true;
    if (body !== undefined) take(body, form === 'other' ? lineEnd + 1 : undefined);
    // The line end before the next boundary stays, and is found again.
    at = body === undefined ? lineEnd : body.end;
  }
  broken ||= opened.size < boundaries.size;
  const byStandIn = new Map<string, TakenText>();
  for (const text of texts?.found() ?? []) {
    const token = `${TOKEN}-${text.form.type}`;
    const isEncoded = replace({ ...text, encoding: text.form.encoding }, token, text.headerAt);
    // Lines end in LF to the parser; base64 has none.
    byStandIn.set(isEncoded ? token : `${token}\n`, text);
  }
  return { mime: withCuts(raw, cuts), taken, texts: byStandIn, broken };
}

interface PartHeader {
  /** Unfolded. */
  readonly text: string;
  /** Where the body begins. */
  readonly end: number;
}

interface Body {
  readonly start: number;
  readonly end: number;
  readonly encoding: TakenBody['encoding'];
}

function headerAt(raw: Buffer, start: number): PartHeader | undefined {
  const window = raw.subarray(start, start + LONGEST_PART_HEADER);
  const crlf = window.indexOf('\r\n\r\n');
  const lf = (crlf < 0 ? window : window.subarray(0, crlf)).indexOf('\n\n');
  const length = lf >= 0 ? lf + 2 : crlf >= 0 ? crlf + 4 : -1;
  if (length < 0) return undefined;
  return { text: window.toString('latin1', 0, length).replaceAll(/\r?\n[ \t]+/g, ' '), end: start + length };
}

/** Notes the boundary a header declares; false when it is a multipart that declares none. */
function learn(boundaries: Set<string>, header: string): boolean {
  const type = /^content-type:(.*)$/im.exec(header)?.[1] ?? '';
  if (!/^\s*multipart\//i.test(type)) return true;
  const match = /boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(type);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined) boundaries.add(boundary.trimEnd());
  // RFC 2231 spells it "boundary*": the parser reads that, and here it only means that nothing is taken.
  return boundary !== undefined || /boundary\*/i.test(type);
}

// The body behind this header, when it is an attachment, or a message of its own.
function bodyWorthTaking(raw: Buffer, header: PartHeader, boundaries: ReadonlySet<string>): Body | undefined {
  const text = header.text.replaceAll('\r', '');
  const type = (/^content-type:\s*([^\s;]+)/im.exec(text)?.[1] ?? 'text/plain').toLowerCase();
  const encoding = (/^content-transfer-encoding:\s*"?([\w-]+)"?\s*(?:;.*)?$/im.exec(text)?.[1] ?? '7bit').toLowerCase();
  if (type.startsWith('message/') && /^(?:7bit|8bit|binary)$/.test(encoding))
    return { start: header.end, end: endOfMessage(raw, header.end, boundaries), encoding: 'none' };
  const coding = transferCoding(encoding);
  if (coding === undefined || /^(?:message|multipart)\//.test(type)) return undefined;
  if (type.startsWith('text/') && !/^content-disposition:\s*attachment\b/im.test(text)) return undefined;
  if (coding !== 'base64')
    return { start: header.end, end: endOfMessage(raw, header.end, boundaries), encoding: coding };
  // base64 has no "-": the next line that begins with "--" ends it, boundary or not.
  const next = raw.indexOf('\n--', header.end);
  return { start: header.end, end: next < 0 ? raw.length : lineEndBefore(raw, next, header.end), encoding: 'base64' };
}

// A nested message has boundaries of its own, which were not learned; it ends at the next one that was (RFC 2046, 5.1.2).
function endOfMessage(raw: Buffer, start: number, boundaries: ReadonlySet<string>): number {
  for (let at = raw.indexOf('\n--', start); at >= 0; at = raw.indexOf('\n--', at + 1)) {
    const line = raw.toString('latin1', at + 3, at + 3 + LONGEST_BOUNDARY);
    for (const boundary of boundaries) if (line.startsWith(boundary)) return lineEndBefore(raw, at, start);
  }
  return raw.length;
}

// It may be empty, with a boundary right behind its header. The last line end of a message belongs to its last line, and stays.
function endOfText(raw: Buffer, start: number, boundaries: ReadonlySet<string>): number {
  for (let at = raw.indexOf('\n--', start - 1); boundaries.size > 0 && at >= 0; at = raw.indexOf('\n--', at + 1)) {
    const line = lineAt(raw, at + 3);
    if (boundaries.has(line) || (line.endsWith('--') && boundaries.has(line.slice(0, -2))))
      return lineEndBefore(raw, at, start);
  }
  return raw.length > start && raw.at(-1) === LINE_FEED ? lineEndBefore(raw, raw.length - 1, start) : raw.length;
}

function lineAt(raw: Buffer, start: number): string {
  const end = raw.indexOf(LINE_FEED, start);
  const longest = start + LONGEST_BOUNDARY;
  return raw.toString('latin1', start, end < 0 ? longest : Math.min(end, longest)).trimEnd();
}

// The line end before a boundary belongs to the boundary.
function lineEndBefore(raw: Buffer, lineFeed: number, start: number): number {
  return lineFeed > start && raw[lineFeed - 1] === CARRIAGE_RETURN ? lineFeed - 1 : Math.max(lineFeed, start);
}
