import { createHash } from 'node:crypto';

import type { InternetMessageHeader, Message } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import { badRequest } from '../graph/graph-error.ts';
import type { Expansion } from '../odata/query-options.ts';
import type { Item } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import type { ItemRecord } from '../store/records.ts';
import { attachmentView } from './attachment-view.ts';
import { wholeDocument } from './body-text.ts';
import { graphTime, TRANSPORT_MESSAGE_HEADERS } from './extended-properties.ts';
import { expandProperties } from './item-properties.ts';
import { parseHeaderBlock } from './mime-headers.ts';

/** How an answer shows messages. */
export interface ViewOptions {
  readonly select: ReadonlySet<string> | undefined;
  readonly expand: readonly Expansion[];
  readonly immutableIds: boolean;
}

/** Properties that only come when selected. */
const ON_REQUEST = new Set(['internetMessageHeaders', 'uniqueBody', 'size']);

/** A message as Graph shows it. The journal is read only for what memory does not hold. */
export function messageView(
  mailbox: Mailbox,
  item: Item,
  options: ViewOptions,
  known?: { readonly record: ItemRecord; readonly bodyText: string },
): Message {
  let record = known?.record;
  const load = () => (record ??= mailbox.record(item));
  const view: Record<string, unknown> = { '@odata.etag': `W/"${changeKey(item)}"` };
  for (const [name, read] of Object.entries(PROPERTIES)) {
    const wanted = name === 'id' || (options.select ? options.select.has(name) : !ON_REQUEST.has(name));
    if (wanted)
      view[name] = read({ mailbox, item, load, bodyText: known?.bodyText, immutableIds: options.immutableIds });
  }
  for (const name of options.select ?? []) {
    if (!Object.hasOwn(PROPERTIES, name) && !EXPANDABLE.has(name)) {
      throw badRequest(`Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Message'.`);
    }
  }
  for (const expansion of options.expand) {
    const value = expand(mailbox, item, expansion, load, options.immutableIds);
    if (value !== undefined) view[expansion.property] = value;
  }
  return view;
}

export function itemId(mailbox: Mailbox, item: Item, immutableIds: boolean): string {
  return immutableIds
    ? mailbox.ids.immutableItem(item.number)
    : mailbox.ids.item(item.folder, item.number, item.generation);
}

interface Source {
  readonly mailbox: Mailbox;
  readonly item: Item;
  readonly load: () => ItemRecord;
  readonly bodyText: string | undefined;
  readonly immutableIds: boolean;
}

const PROPERTIES: Readonly<Record<string, (source: Source) => unknown>> = {
  id: ({ mailbox, item, immutableIds }) => itemId(mailbox, item, immutableIds),
  createdDateTime: ({ item }) => graphTime(item.createdAt),
  lastModifiedDateTime: ({ item }) => graphTime(item.modifiedAt),
  changeKey: ({ item }) => changeKey(item),
  categories: ({ load }) => load().message.categories,
  receivedDateTime: ({ item }) => graphTime(item.receivedAt),
  sentDateTime: ({ item }) => graphTime(item.sentAt),
  hasAttachments: ({ item }) => item.hasAttachments,
  internetMessageId: ({ item }) => item.internetMessageId,
  subject: ({ load }) => load().message.subject,
  bodyPreview: ({ load }) => load().preview,
  importance: ({ load }) => load().message.importance,
  parentFolderId: ({ mailbox, item }) => mailbox.ids.folder(item.folder),
  conversationId: ({ load }) => conversationId(load().message.subject ?? ''),
  conversationIndex: ({ item }) => conversationIndex(item),
  isDeliveryReceiptRequested: ({ load }) => load().message.isDeliveryReceiptRequested,
  isReadReceiptRequested: ({ load }) => load().message.isReadReceiptRequested,
  isRead: ({ item }) => (item.messageFlags & MESSAGE_READ) !== 0,
  isDraft: ({ item }) => (item.messageFlags & MESSAGE_UNSENT) !== 0,
  webLink: ({ mailbox, item }) =>
    `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(itemId(mailbox, item, false))}&exvsurl=1&viewmodel=ReadMessageItem`,
  inferenceClassification: ({ load }) => load().message.inferenceClassification,
  internetMessageHeaders: ({ mailbox, load }) => messageHeaders(mailbox, load()),
  body: ({ mailbox, load, bodyText }) => body(mailbox, load(), bodyText),
  uniqueBody: ({ mailbox, load, bodyText }) => body(mailbox, load(), bodyText),
  sender: ({ load }) => load().message.sender,
  from: ({ load }) => load().message.from,
  toRecipients: ({ load }) => load().message.toRecipients,
  ccRecipients: ({ load }) => load().message.ccRecipients,
  bccRecipients: ({ load }) => load().message.bccRecipients,
  replyTo: ({ load }) => load().message.replyTo,
  flag: ({ load }) => load().message.flag,
};

const EXPANDABLE = new Set([
  'attachments',
  'extensions',
  'singleValueExtendedProperties',
  'multiValueExtendedProperties',
]);

function expand(
  mailbox: Mailbox,
  item: Item,
  expansion: Expansion,
  load: () => ItemRecord,
  immutableIds: boolean,
): unknown {
  if (expansion.property === 'attachments') {
    const select = expansion.options.get('$select')?.split(',');
    return load().attachments.map((attachment) => attachmentView(mailbox, item, attachment, { select, immutableIds }));
  }
  if (expansion.property === 'singleValueExtendedProperties')
    return expandProperties(mailbox, item, expansion.options.get('$filter'), load);
  if (EXPANDABLE.has(expansion.property)) return undefined;
  throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${expansion.property}'.`);
}

function body(mailbox: Mailbox, record: ItemRecord, given: string | undefined): Message['body'] {
  const text = given ?? mailbox.text(record.body.content);
  return {
    contentType: record.body.contentType,
    content: record.body.contentType === 'html' ? wholeDocument(text) : text,
  };
}

/** Headers are what 0x007D holds, then those given as headers. */
function messageHeaders(mailbox: Mailbox, record: ItemRecord): readonly InternetMessageHeader[] {
  const transport = record.properties.find(([id]) => id === TRANSPORT_MESSAGE_HEADERS)?.[1];
  const parsed = transport === undefined ? [] : parseHeaderBlock(mailbox.text(transport));
  return [...parsed, ...(record.message.internetMessageHeaders ?? [])];
}

function changeKey(item: Item): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(item.number, 4);
  bytes.writeUInt32BE(item.sequence, 12);
  return `CQAAABYA${bytes.toString('base64')}`;
}

function conversationId(subject: string): string {
  const topic = subject.replace(/^(?:\s*(?:re|fwd?|aw|wg)\s*:)+/i, '').trim();
  return `AAQk${createHash('sha256').update(topic).digest('base64').replaceAll('/', '-').replaceAll('+', '_')}`;
}

function conversationIndex(item: Item): string {
  const bytes = Buffer.alloc(22);
  bytes[0] = 1;
  bytes.writeUIntBE(Math.max(0, Math.floor(item.sentAt / 1000)), 1, 5);
  bytes.writeUInt32BE(item.number, 18);
  return bytes.toString('base64');
}
