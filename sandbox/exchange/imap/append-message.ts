import type { Mailbox } from '../directory/directory.ts';
import { mimeToItem } from '../mail/mime-item.ts';
import { storeMessage } from '../mail/store-message.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import { TRANSPORT_MESSAGE_HEADERS } from '../mail/extended-properties.ts';
import { LAST_VERB } from './item-flags.ts';

/** Longer lines are refused; observed between 9,900 and 10,240. */
const LONGEST_LINE = 10_240;
const LINE_FEED = 10;

export interface Appended {
  readonly raw: Buffer;
  readonly flags: readonly string[];
  /** ms since 1970 UTC */
  readonly receivedAt: number;
}

/** Why Exchange does not take these bytes; undefined when it does. */
export function refusalOf(raw: Buffer): string | undefined {
  if (raw.includes(0)) return 'NO Message contains a NUL character.';
  const headerEnd = raw.indexOf('\r\n\r\n');
  const header = raw.subarray(0, headerEnd < 0 ? raw.length : headerEnd);
  if (header.some((byte) => byte > 127)) return 'NO Message header contains 8-bit characters.';
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf(LINE_FEED, at);
    if ((end < 0 ? raw.length : end) - at > LONGEST_LINE) return 'NO Message contains a line that is too long.';
    if (end < 0) break;
    at = end + 1;
  }
  return undefined;
}

/** Stores a message as Exchange's converter does, and its own bytes beside it. */
export function appendMessage(
  mailbox: Mailbox,
  folder: Folder,
  { raw, flags, receivedAt }: Appended,
  now: number,
): Item {
  const has = (flag: string) => flags.some((each) => each.toLowerCase() === flag);
  // \Flagged given here is taken and not shown to anybody: only STORE sets it.
  const messageFlags = (has('\\seen') ? MESSAGE_READ : 0) | (has('\\draft') ? MESSAGE_UNSENT : 0);
  const item = mimeToItem(raw, { messageFlags, receivedAt }, now);
  const properties = new Map(item.properties);
  if (has('\\answered')) properties.set(LAST_VERB, '102');
  const asksForReceipt = /^(?:disposition-notification-to|x-confirm-reading-to|return-receipt-to):/im.test(
    properties.get(TRANSPORT_MESSAGE_HEADERS) ?? '',
  );
  const message = { ...item.message, isReadReceiptRequested: asksForReceipt };
  const mime = mailbox.storeContent([raw])[0];
  return storeMessage(mailbox, folder, { ...item, message, properties, ...(mime ? { mime } : {}) }, now).item;
}
