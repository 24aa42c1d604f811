const NAMES = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'received',
  'message-id',
  'in-reply-to',
  'references',
  'importance',
  'x-priority',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-description',
] as const;
const NEEDED: ReadonlySet<string> = new Set(NAMES);

/** A header that something is made of; the others are kept as they stand in the message. */
export type NeededHeader = (typeof NAMES)[number];

/** Above this it is a bomb, which the parser's limits are for. */
const LONGEST = 64 * 1024;
/** A field with the lines it is folded into, up to the next one; the last of a header has none behind it, and stays. */
const FIELD = /\n([\w-]+):[^\n]*(?:\n[ \t][^\n]*)*(?=\n[^ \t])/g;
/**
 * The header block without what nothing is made of. Servers and filters write three quarters of it, and what a parser does
 * for one line of header costs as much as what it does for a thousand bytes of body.
 */
export function neededHeaders(block: string): string {
  if (block.length > LONGEST || hasEmptyLine(block)) return block;
  let isReceived = false;
  return block.replaceAll(FIELD, (field, name: string) => {
    const known = name.toLowerCase();
    // Every server on the way adds one above the others; the topmost counts.
    const isWanted = NEEDED.has(known) && !(known === 'received' && isReceived);
    if (known === 'received') isReceived = true;
    return isWanted ? field : '';
  });
}

// To some programs the header ends there.
function hasEmptyLine(block: string): boolean {
  return /^[\r\n]/.test(block) || block.endsWith('\n') || block.includes('\n\n') || block.includes('\n\r');
}
