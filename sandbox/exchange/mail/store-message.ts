import { randomUUID } from 'node:crypto';

import type { Mailbox } from '../directory/directory.ts';
import type { Place } from '../store/append-file.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import type { ItemRecord, StoredMessage, StoredProperty } from '../store/records.ts';
import { bodyPreview } from './body-text.ts';
import { storeAttachments } from './store-attachments.ts';
import type { ReadAttachment } from './store-attachments.ts';

/** A message ready to be stored, whichever way it came. Times are ms since 1970 UTC. */
export interface NewItem {
  readonly message: Partial<StoredMessage>;
  readonly body: { readonly contentType: 'text' | 'html'; readonly text: string };
  readonly messageFlags: number;
  readonly receivedAt: number;
  readonly sentAt: number;
  /** Extended properties by normalised id. */
  readonly properties: ReadonlyMap<string, string>;
  readonly attachments: readonly ReadAttachment[];
  /** Its bytes, stored already, when it came as such. */
  readonly mime?: Place;
}

export interface StoredItem {
  readonly item: Item;
  readonly record: ItemRecord;
  /** Body as given, so that an answer need not read it back. */
  readonly bodyText: string;
}

/** Values longer than this lie in content.bin, beside the journal. */
const LONG_VALUE = 512;

/** Writes a new message: contents first, then the line of the journal that makes it exist. */
export function storeMessage(mailbox: Mailbox, folder: Folder, given: NewItem, now: number): StoredItem {
  const { body } = given;
  const content = mailbox.storeContent([Buffer.from(body.text)])[0] ?? { at: 0, length: 0 };
  const attachments = storeAttachments(mailbox, given.attachments, 1);
  const record: ItemRecord = {
    op: 'item',
    number: mailbox.nextItem(),
    generation: 0,
    folder: folder.number,
    createdAt: now,
    modifiedAt: now,
    receivedAt: given.receivedAt,
    sentAt: given.sentAt,
    messageFlags: given.messageFlags,
    size: attachments.reduce((sum, { size }) => sum + size, content.length),
    message: keptProperties(given.message),
    body: { contentType: body.contentType, content },
    preview: bodyPreview(body.text, body.contentType),
    properties: storeProperties(mailbox, given.properties),
    attachments,
    ...(given.mime === undefined ? {} : { mime: given.mime }),
  };
  return { item: mailbox.saveItem(record), record, bodyText: body.text };
}

/** Long values go to content.bin; the rest stays readable in the journal. */
export function storeProperties(mailbox: Mailbox, properties: ReadonlyMap<string, string>): readonly StoredProperty[] {
  return [...properties].map(([id, value]) => [
    id,
    value.length <= LONG_VALUE ? value : (mailbox.storeContent([Buffer.from(value)])[0] ?? value),
  ]);
}

/** The Graph properties an item keeps as given; lists are never absent. */
export function keptProperties(message: Partial<StoredMessage>): StoredMessage {
  const from = message.from ?? message.sender;
  const sender = message.sender ?? message.from;
  const { internetMessageHeaders } = message;
  return {
    subject: message.subject ?? '',
    ...(from ? { from } : {}),
    ...(sender ? { sender } : {}),
    toRecipients: message.toRecipients ?? [],
    ccRecipients: message.ccRecipients ?? [],
    bccRecipients: message.bccRecipients ?? [],
    replyTo: message.replyTo ?? [],
    importance: message.importance ?? 'normal',
    inferenceClassification: message.inferenceClassification ?? 'focused',
    categories: message.categories ?? [],
    flag: message.flag ?? { flagStatus: 'notFlagged' },
    internetMessageId: message.internetMessageId ?? `<${randomUUID()}@sandbox.prod.outlook.com>`,
    ...(internetMessageHeaders ? { internetMessageHeaders } : {}),
    isReadReceiptRequested: message.isReadReceiptRequested ?? false,
    isDeliveryReceiptRequested: message.isDeliveryReceiptRequested ?? false,
  };
}
