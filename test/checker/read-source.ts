import { exactHash } from './content-hash.ts';
import { describeMessage } from './describe-message.ts';
import type { MessageFacts } from './describe-message.ts';
import { openImap, quoted } from './imap-wire.ts';
import type { Answer, ImapWire, SourceAccess } from './imap-wire.ts';

export interface SourceMessage extends MessageFacts {
  /** The folder as the server names it, decoded. */
  readonly path: string;
  readonly uidValidity: string;
  readonly uid: number;
  readonly flags: ReadonlySet<string>;
  /** Seconds since 1970 UTC. */
  readonly internalDate: number;
  readonly size: number;
  readonly rawHash: string;
}

export interface SourceFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** Attributes of LIST, in lower case, for instance `\sent`. */
  readonly attributes: ReadonlySet<string>;
  readonly messages: readonly SourceMessage[];
}

/** Reads a whole mailbox with EXAMINE and BODY.PEEK, so that nothing changes; bodies are described, not kept. */
export async function readSource(access: SourceAccess): Promise<readonly SourceFolder[]> {
  await using wire = await openImap(access);
  const folders: SourceFolder[] = [];
  for (const { rawName, delimiter, attributes } of await listFolders(wire)) {
    const path = decodeName(rawName);
    const names = delimiter === '' ? [path] : path.split(delimiter);
    const isSelectable = !attributes.has('\\noselect') && !attributes.has('\\nonexistent');
    const messages = isSelectable ? await readFolder(wire, rawName, path) : [];
    folders.push({ path, names, attributes, messages });
  }
  return folders;
}

interface ListedFolder {
  readonly rawName: string;
  readonly delimiter: string;
  readonly attributes: ReadonlySet<string>;
}

async function listFolders(wire: ImapWire): Promise<readonly ListedFolder[]> {
  const found: ListedFolder[] = [];
  await wire.command('LIST "" "*"', ({ text, literals }) => {
    const match = /^\* LIST \(([^)]*)\) (NIL|"(?:\\?.)") (.*)$/i.exec(text);
    if (match === null) return;
    const [, attributes = '', delimiter = '', name = ''] = match;
    found.push({
      attributes: new Set(attributes.toLowerCase().split(' ')),
      delimiter: delimiter.toUpperCase() === 'NIL' ? '' : unquote(delimiter),
      rawName: literals[0]?.toString('latin1') ?? unquote(name),
    });
  });
  return found;
}

async function readFolder(wire: ImapWire, rawName: string, path: string): Promise<readonly SourceMessage[]> {
  let uidValidity = '';
  let exists = 0;
  await wire.command(`EXAMINE ${quoted(rawName)}`, ({ text }) => {
    uidValidity = /UIDVALIDITY (\d+)/i.exec(text)?.[1] ?? uidValidity;
    exists = Number(/^\* (\d+) EXISTS/i.exec(text)?.[1] ?? exists);
  });
  if (exists === 0) return [];
  const messages = new Map<number, SourceMessage>();
  await wire.command('FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])', (answer) => {
    const message = readMessage(answer, path, uidValidity);
    if (message !== undefined) messages.set(message.uid, message);
  });
  if (messages.size !== exists) throw new Error(`${path}: ${exists} messages announced, ${messages.size} sent`);
  return [...messages.values()];
}

function readMessage({ text, literals }: Answer, path: string, uidValidity: string): SourceMessage | undefined {
  if (!/^\* \d+ FETCH /i.test(text) || !/BODY\[\]/i.test(text)) return undefined;
  const raw = literals[0] ?? Buffer.alloc(0);
  return {
    ...describeMessage(raw),
    path,
    uidValidity,
    uid: Number(/\bUID (\d+)/.exec(text)?.[1]),
    flags: new Set((/FLAGS \(([^)]*)\)/.exec(text)?.[1] ?? '').split(' ').filter((flag) => flag !== '')),
    internalDate: parseInternalDate(/INTERNALDATE "([^"]+)"/.exec(text)?.[1] ?? ''),
    size: raw.length,
    rawHash: exactHash(raw),
  };
}

/** ` 3-Mar-2015 10:15:00 +0100` (RFC 3501, date-time) in seconds since 1970. */
function parseInternalDate(text: string): number {
  const match = /^\s?(\d+)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text);
  if (match === null) throw new Error(`INTERNALDATE "${text}"`);
  return Date.parse(`${match[1]} ${match[2]} ${match[3]} ${match[4]} ${match[5]}`) / 1000;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}

/** Modified UTF-7 (RFC 3501, 5.1.3), or UTF-8 where a server sends it raw. */
function decodeName(raw: string): string {
  if (/[\x80-\xff]/.test(raw)) return Buffer.from(raw, 'latin1').toString('utf8');
  return raw.replaceAll(/&([^-]*)-/g, (_, base64: string) =>
    base64 === '' ? '&' : Buffer.from(base64.replaceAll(',', '/'), 'base64').swap16().toString('utf16le'),
  );
}
