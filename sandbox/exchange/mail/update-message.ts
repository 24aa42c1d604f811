import type { Message } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import { GraphError } from '../graph/graph-error.ts';
import type { Switches } from '../limits/faults.ts';
import type { Item } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import type { ItemRecord } from '../store/records.ts';
import { bodyPreview } from './body-text.ts';
import { checkNamedProperties } from './create-message.ts';
import { CLIENT_SUBMIT_TIME, MESSAGE_DELIVERY_TIME, MESSAGE_FLAGS } from './extended-properties.ts';
import type { MessageInput } from './message-input.ts';
import { keptProperties, storeProperties } from './store-message.ts';

/** Documented as "updatable only if isDraft = true"; from 2027 on that is enforced. */
const SENSITIVE: readonly (keyof Message)[] = [
  ...([
    'subject',
    'body',
    'from',
    'sender',
    'toRecipients',
    'ccRecipients',
    'bccRecipients',
    'replyTo',
    'internetMessageId',
  ] as const),
  ...(['internetMessageHeaders', 'isDeliveryReceiptRequested', 'isReadReceiptRequested'] as const),
];

/** Flags and dates are decided at creation: later values are accepted and have no effect. */
const FIXED_AT_CREATION = [MESSAGE_FLAGS, MESSAGE_DELIVERY_TIME, CLIENT_SUBMIT_TIME];

/** Carries out a PATCH. Throws 403 for sensitive properties of non-drafts once the rule of 2027 is on. */
export function updateMessage(
  mailbox: Mailbox,
  item: Item,
  input: MessageInput,
  switches: Switches,
  now: number,
): Item {
  const { message } = input;
  const before = mailbox.record(item);
  const isDraft = (before.messageFlags & MESSAGE_UNSENT) !== 0;
  const touched = SENSITIVE.filter((name) => message[name] !== undefined);
  if (switches.from2027 && !isDraft && touched.length > 0) {
    throw new GraphError(
      403,
      'ErrorAccessDenied',
      `Updating '${touched.join("', '")}' of a message that is not a draft needs Mail-Advanced.ReadWrite.All.`,
    );
  }
  const properties = new Map(before.properties.map(([id, value]) => [id, mailbox.text(value)]));
  for (const [id, value] of input.properties) if (!FIXED_AT_CREATION.includes(id)) properties.set(id, value);
  checkNamedProperties(mailbox, [...properties.keys()], switches);
  const after: ItemRecord = {
    ...before,
    modifiedAt: now,
    messageFlags: withRead(before.messageFlags, message.isRead),
    message: keptProperties({ ...before.message, ...withoutNulls(message) }),
    properties: input.properties.size === 0 ? before.properties : storeProperties(mailbox, properties),
    ...newBody(mailbox, message),
  };
  return mailbox.saveItem(after);
}

function newBody(mailbox: Mailbox, { body }: Message): Partial<ItemRecord> {
  if (!body) return {};
  const text = body.content ?? '';
  const contentType = body.contentType?.toLowerCase() === 'html' ? 'html' : 'text';
  const content = mailbox.storeContent([Buffer.from(text)])[0] ?? { at: 0, length: 0 };
  return { body: { contentType, content }, preview: bodyPreview(text, contentType) };
}

function withRead(flags: number, isRead: boolean | null | undefined): number {
  if (typeof isRead !== 'boolean') return flags;
  return isRead ? flags | MESSAGE_READ : flags & ~MESSAGE_READ;
}

function withoutNulls(message: Message): Message {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null));
}
