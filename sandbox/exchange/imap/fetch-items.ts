import type { Mailbox } from '../directory/directory.ts';
import type { Item } from '../store/mailbox-store.ts';
import { TRANSPORT_MESSAGE_HEADERS } from '../mail/extended-properties.ts';
import { flagsOf } from './item-flags.ts';

/** Answer to FETCH for one item, with the data items asked for; bodies as literals. */
export function fetchItem(mailbox: Mailbox, item: Item, sequence: number, wanted: readonly string[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`* ${sequence} FETCH (UID ${item.number}`)];
  for (const name of wanted) {
    const data = dataItem(mailbox, item, name.toUpperCase());
    if (data !== undefined) parts.push(Buffer.from(' '), data);
  }
  return Buffer.concat([...parts, Buffer.from(')\r\n')]);
}

/** The message as bytes: what was appended, else headers and body as far as they are kept. */
export function bytesOf(mailbox: Mailbox, item: Item): Buffer {
  const { mime, properties, body } = mailbox.record(item);
  if (mime !== undefined) return mailbox.content(mime);
  const headers = properties.find(([id]) => id === TRANSPORT_MESSAGE_HEADERS)?.[1];
  const head = headers === undefined ? `Message-ID: ${item.internetMessageId}` : mailbox.text(headers).trimEnd();
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), mailbox.content(body.content)]);
}

/** The header block with its empty line. */
export function headerOf(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end + 4);
}

function dataItem(mailbox: Mailbox, item: Item, name: string): Buffer | undefined {
  if (name === 'FLAGS') return Buffer.from(`FLAGS (${flagsOf(mailbox, item).join(' ')})`);
  if (name === 'INTERNALDATE') return Buffer.from(`INTERNALDATE "${imapDate(item.receivedAt)}"`);
  if (name === 'RFC822.SIZE') return Buffer.from(`RFC822.SIZE ${bytesOf(mailbox, item).length}`);
  const section = /^BODY(?:\.PEEK)?\[(HEADER|)\]$/.exec(name)?.[1];
  if (section === undefined) return undefined;
  const raw = bytesOf(mailbox, item);
  const bytes = section === 'HEADER' ? headerOf(raw) : raw;
  return Buffer.concat([Buffer.from(`BODY[${section}] {${bytes.length}}\r\n`), bytes]);
}

function imapDate(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `${day}-${month}-${year} ${time} +0000`;
}
