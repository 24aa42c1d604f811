/** How a body of text stands in a message. */
export interface TextForm {
  readonly type: 'text' | 'html';
  readonly encoding: 'none' | 'quoted-printable' | 'base64';
  /** As TextDecoder knows it. */
  readonly charset: string;
}

/** What a part header says of its body; doubtful when programs may read it in different ways. */
export type PartForm = TextForm | 'other' | 'doubtful';

const FIELD = /(?:^|\n)[ \t]*content-(type|transfer-encoding|disposition)[ \t]*:([^\n]*)/gi;
const PLAIN_TYPE = /^[\w.+-]+\/[\w.+-]+\s*(?:;|$)/;
const TEXT_TYPE = /^text\/(plain|html)\s*(?:;\s*charset=(?:"([\w-]+)"|([\w-]+))\s*)?;?$/i;
/** Charsets in which a line end is the byte it is in ASCII, under names that every program reads the same way. */
const CHARSET = /^(?:utf-8|us-ascii|iso-8859-(?:[1-9]|1[03456])|windows-125[0-8])$/;
const ENCODINGS: ReadonlyMap<string, TextForm['encoding']> = new Map([
  ['7bit', 'none'],
  ['8bit', 'none'],
  ['binary', 'none'],
  ['quoted-printable', 'quoted-printable'],
  ['base64', 'base64'],
]);
const BOUNDARY = /boundary\s*=/gi;
const CLEAR_BOUNDARY = /boundary\s*=\s*(?:"[^"]{1,1000}"|[^\s;"]{1,1000})\s*(?:;|$)/i;

/** Reads an unfolded part header of ASCII. What is not text in one of the commonest forms is "other". */
export function partForm(header: string): PartForm {
  if (/\r(?!\n)/.test(header)) return 'doubtful';
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of header.matchAll(FIELD)) {
    if (fields.has(name.toLowerCase()) || /[^\t\r -~]/.test(value)) return 'doubtful';
    fields.set(name.toLowerCase(), value.trim());
  }
  const type = fields.get('type');
  if (type !== undefined && !PLAIN_TYPE.test(type)) return 'doubtful';
  if (type !== undefined && /^multipart\//i.test(type)) return hasClearBoundary(type) ? 'other' : 'doubtful';
  const text = TEXT_TYPE.exec(type ?? 'text/plain');
  const encoding = ENCODINGS.get((fields.get('transfer-encoding') ?? '8bit').toLowerCase());
  const charset = (text?.[2] ?? text?.[3] ?? 'utf-8').toLowerCase();
  if (text === null || encoding === undefined || !CHARSET.test(charset)) return 'other';
  if (!/^(?:inline\b|$)/i.test(fields.get('disposition') ?? '')) return 'other';
  return { type: text[1]?.toLowerCase() === 'html' ? 'html' : 'text', encoding, charset };
}

// Comments, escapes and RFC 2231 are where programs differ.
function hasClearBoundary(type: string): boolean {
  const mentions = type.match(BOUNDARY)?.length ?? 0;
  return !/[(\\*]/.test(type) && (mentions === 0 || (mentions === 1 && CLEAR_BOUNDARY.test(type)));
}
