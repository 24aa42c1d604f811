import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

/** A migrated item, as a test wants it to lie in the target. */
export interface WrittenItem {
  readonly folder: number;
  readonly marker?: string;
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly internalDate: Date;
}

export interface WrittenFolder {
  readonly number: number;
  readonly parent: number;
  readonly name: string;
  readonly wellKnown?: string;
}

interface Place {
  readonly at: number;
  readonly length: number;
}

/**
 * Writes the files of a local Exchange with one mailbox, as if mail had been migrated into it. It reads mail by the
 * library postal-mime, so that the checker's own reading is compared with another.
 */
export async function writeExchangeStore(
  directory: string,
  address: string,
  folders: readonly WrittenFolder[],
  items: readonly WrittenItem[],
): Promise<void> {
  const content: Buffer[] = [];
  let end = 0;
  const store = (bytes: Uint8Array): Place => {
    const place = { at: end, length: bytes.length };
    content.push(Buffer.from(bytes));
    end += bytes.length;
    return place;
  };

  const lines: object[] = folders.map((folder) => ({ op: 'folder', hidden: false, ...folder }));
  for (const [index, item] of items.entries()) lines.push(await itemLine(index + 1, item, store));
  const mailbox = join(directory, 'mailboxes', 'user-1');
  mkdirSync(mailbox, { recursive: true });
  writeFileSync(join(directory, 'users.jsonl'), `${JSON.stringify({ id: 'user-1', address })}\n`);
  writeFileSync(join(mailbox, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(join(mailbox, 'content.bin'), Buffer.concat(content));
}

async function itemLine(number: number, item: WrittenItem, store: (bytes: Uint8Array) => Place): Promise<object> {
  const mail = await PostalMime.parse(item.raw, { forceRfc822Attachments: true, maxNestingDepth: 100 });
  const has = (flag: string): boolean => item.flags.includes(flag);
  const isHtml = mail.html !== undefined;
  const head = item.raw.subarray(0, Math.max(0, item.raw.indexOf('\r\n\r\n')));
  const date = mail.date === undefined ? Number.NaN : Date.parse(mail.date);
  return {
    op: 'item',
    number,
    folder: item.folder,
    receivedAt: item.internalDate.getTime(),
    sentAt: Number.isNaN(date) ? item.internalDate.getTime() : date,
    messageFlags: (has('\\Seen') ? 1 : 0) + (has('\\Draft') ? 8 : 0),
    message: {
      subject: mail.subject?.includes('\ufffd') === true ? rawSubject(head) : (mail.subject ?? ''),
      from: mail.from === undefined ? null : { emailAddress: { address: mail.from.address } },
      flag: { flagStatus: has('\\Flagged') ? 'flagged' : 'notFlagged' },
      internetMessageId: mail.messageId ?? null,
    },
    body: { contentType: isHtml ? 'html' : 'text', content: store(Buffer.from(mail.html ?? mail.text ?? '')) },
    properties: [
      ['String 0x007D', store(head)],
      ...(has('\\Answered') ? [['Integer 0x1081', '102']] : []),
      ...(item.marker === undefined
        ? []
        : [['String {8F1D2C0E-6B1A-4F43-9F0E-0B5A3C7F6D10} Name BellhopSource', item.marker]]),
    ],
    attachments: mail.attachments.map((attachment) => {
      const bytes =
        typeof attachment.content === 'string'
          ? Buffer.from(attachment.content)
          : Buffer.from(new Uint8Array(attachment.content));
      return { kind: 'file', name: attachment.filename ?? '', size: bytes.length, pieces: [store(bytes)] };
    }),
  };
}

/** postal-mime takes raw 8-bit headers for UTF-8; a faithful migration does not. */
function rawSubject(head: Buffer): string {
  return new TextDecoder('windows-1252').decode(
    Buffer.from(/^Subject: (.*)\r$/m.exec(head.toString('latin1'))?.[1] ?? '', 'latin1'),
  );
}
