import { exactHash, lineHash } from './content-hash.ts';
import { decodeText, headerText, isKnownCharset, rawText } from './header-text.ts';
import { decodeBody, readEntity, readParams, splitParts } from './mime-reading.ts';

/** A leaf of the MIME tree that has content of its own. */
export interface PartFacts {
  readonly type: string;
  /** Of the decoded content: exact when it was sent as base64, else of its lines. */
  readonly hash: string;
  readonly size: number;
  /** Whether the target must have it as an attachment; parts that only describe others need not be there. */
  readonly isRequired: boolean;
}

/** What must be the same on both sides, as far as byte equality cannot hold. */
export interface MessageFacts {
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  /** Address alone, lower case; undefined when there is not exactly one. */
  readonly from: string | undefined;
  /** Seconds since 1970 UTC; undefined when Date is absent or makes no sense. */
  readonly date: number | undefined;
  /** Value of X-Owner. */
  readonly owner: string | undefined;
  readonly parts: readonly PartFacts[];
  /** The beginning of each text body: ASCII letters and digits only, so that every rendering has them. */
  readonly texts: readonly string[];
  /** Messages attached as message/rfc822. */
  readonly innerMessages: number;
}

interface Findings {
  readonly parts: PartFacts[];
  readonly texts: string[];
  innerMessages: number;
}

const SAMPLE = 80;
const DEEPEST = 100;

/** Describes a raw message. */
export function describeMessage(message: Buffer): MessageFacts {
  const raw = withCrLf(message);
  const { headers } = readEntity(raw);
  const findings: Findings = { parts: [], texts: [], innerMessages: 0 };
  walk(raw, findings, '', 0);
  const first = (name: string): string | undefined => headers.get(name)?.[0];
  const subject = first('subject');
  return {
    messageId: first('message-id'),
    subject: subject === undefined ? undefined : headerText(subject),
    from: soleAddress(headers.get('from')),
    date: parseDate(first('date')),
    owner: first('x-owner'),
    ...findings,
  };
}

function walk(raw: Buffer, findings: Findings, parent: string, depth: number): void {
  const { headers, body } = readEntity(raw);
  // RFC 2046, 5.1.5: the parts of a digest are messages unless they say otherwise.
  const byDefault = parent === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const type = readParams(headers.get('content-type')?.[0] ?? byDefault);
  const boundary = type.params.get('boundary');
  if (type.value.startsWith('multipart/') && depth < DEEPEST) {
    const parts = boundary === undefined ? [] : splitParts(body, boundary);
    for (const part of parts) walk(part, findings, type.value, depth + 1);
    // Without a boundary that works the whole body is what people read.
    if (parts.length === 0 && sampleText(body.toString('latin1')) !== '')
      findings.texts.push(sampleText(body.toString('latin1')));
    return;
  }
  const disposition = readParams(headers.get('content-disposition')?.[0] ?? '');
  if (type.value === 'message/rfc822') {
    findings.innerMessages += 1;
    return;
  }
  const encoding = (headers.get('content-transfer-encoding')?.[0] ?? '').toLowerCase();
  const content = decodeBody(body, encoding);
  const isBody = /^text\/(plain|html)$/.test(type.value) && disposition.value !== 'attachment';
  if (isBody) {
    const charset = type.params.get('charset') ?? 'us-ascii';
    const sample = isKnownCharset(charset) ? sampleText(decodeText(content.subarray(0, 8000), charset)) : '';
    const isSure = encoding !== 'base64' || /^[\w+/=\s]*$/.test(body.toString('latin1'));
    if (sample !== '' && isSure) findings.texts.push(sample);
  }
  findings.parts.push({
    type: type.value,
    hash: encoding === 'base64' ? exactHash(content) : lineHash(content),
    size: content.length,
    isRequired: !isBody && !describesOthers(type.value, parent, disposition.value),
  });
}

/** Signatures, reports and calendar alternatives may be kept in another form. */
function describesOthers(type: string, parent: string, disposition: string): boolean {
  if (parent === 'multipart/signed' || parent === 'multipart/report') return true;
  if (type === 'application/pgp-encrypted' || type.startsWith('message/')) return true;
  return type.startsWith('text/') && disposition !== 'attachment';
}

/** Letters and digits of a text or page, without markup. */
export function sampleText(text: string): string {
  const visible = text
    .replaceAll(/<(style|head|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&#?\w+;/g, ' ');
  return visible.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, SAMPLE);
}

/** Lines as they are on the wire; some servers hand out what they were given. */
function withCrLf(message: Buffer): Buffer {
  const text = message.toString('latin1');
  return /(?<!\r)\n/.test(text) ? Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1') : message;
}

function soleAddress(values: readonly string[] | undefined): string | undefined {
  const [value, ...more] = values ?? [];
  if (value === undefined || more.length > 0) return undefined;
  const bare = rawText(value).replaceAll(/"(?:\\.|[^"\\])*"/g, '');
  const addresses = bare.match(/[^\s<>,;:()"]+@[^\s<>,;:()"]+/g) ?? [];
  return addresses.length === 1 ? addresses[0]?.toLowerCase() : undefined;
}

function parseDate(text: string | undefined): number | undefined {
  const match = /^(?:\w{3},\s*)?(\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)?) ([+-]\d{4})/.exec(text ?? '');
  if (match === null) return undefined;
  const ms = Date.parse(`${match[1]} ${match[2]}`);
  return Number.isNaN(ms) || ms < 0 ? undefined : ms / 1000;
}
