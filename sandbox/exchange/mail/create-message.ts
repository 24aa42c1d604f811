import type { Mailbox } from '../directory/directory.ts';
import { GraphError } from '../graph/graph-error.ts';
import type { Switches } from '../limits/faults.ts';
import type { Folder } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import {
  CLIENT_SUBMIT_TIME,
  MESSAGE_DELIVERY_TIME,
  MESSAGE_FLAGS,
  TRANSPORT_MESSAGE_HEADERS,
} from './extended-properties.ts';
import type { MessageInput } from './message-input.ts';
import { readAttachment } from './store-attachments.ts';
import { storeMessage } from './store-message.ts';
import type { StoredItem } from './store-message.ts';

/**
 * Creates a message from JSON. 0x0E07, 0x0E06 and 0x0039 decide about draft state, read state and dates, here and never
 * again; `receivedDateTime`, `sentDateTime` and `isDraft` of the body are ignored. Without 0x0E07 it is a draft of now.
 */
export function createMessage(
  mailbox: Mailbox,
  folder: Folder,
  input: MessageInput,
  switches: Switches,
  now: number,
): StoredItem {
  const { message, json } = input;
  const properties = new Map(input.properties);
  const flags = take(properties, MESSAGE_FLAGS);
  const delivered = take(properties, MESSAGE_DELIVERY_TIME);
  const submitted = take(properties, CLIENT_SUBMIT_TIME);
  if (properties.has(TRANSPORT_MESSAGE_HEADERS) && switches.transportHeaders !== 'kept')
    refuseOrDropHeaders(properties, switches);
  const headers = (message.internetMessageHeaders ?? []).map(({ name }) => `header ${name ?? ''}`);
  checkNamedProperties(mailbox, [...properties.keys(), ...headers], switches);
  const isDated = flags !== undefined;
  const given = {
    message,
    body: {
      contentType: message.body?.contentType?.toLowerCase() === 'html' ? ('html' as const) : ('text' as const),
      text: message.body?.content ?? '',
    },
    messageFlags: messageFlags(flags, message.isRead),
    receivedAt: isDated && delivered !== undefined ? Date.parse(delivered) : now,
    sentAt: isDated && submitted !== undefined ? Date.parse(submitted) : now,
    properties,
    attachments: input.attachments.map((attachment) => readAttachment(attachment, json, now)),
  };
  return storeMessage(mailbox, folder, given, now);
}

/** Refuses when a mailbox would need more slots than its named-property table has; the mailbox itself is not full. */
export function checkNamedProperties(mailbox: Mailbox, ids: readonly string[], { namedPropertyQuota }: Switches): void {
  const fresh = ids
    .map((id) =>
      id.startsWith('header ') ? id.toLowerCase() : id.includes('{') ? id.slice(id.indexOf('{')) : undefined,
    )
    .filter((name) => name !== undefined && !mailbox.namedProperties.has(name));
  if (fresh.length > 0 && mailbox.namedProperties.size + fresh.length > namedPropertyQuota) {
    throw new GraphError(400, 'ErrorQuotaExceeded', 'Cannot get ID from name.');
  }
}

/** A draft is read by its author; anything else is as read as 0x0E07 says, unless `isRead` says otherwise. */
function messageFlags(flags: string | undefined, isRead: boolean | null | undefined): number {
  const given = flags === undefined ? MESSAGE_UNSENT | MESSAGE_READ : Number(flags);
  if (typeof isRead !== 'boolean') return given;
  return isRead ? given | MESSAGE_READ : given & ~MESSAGE_READ;
}

function refuseOrDropHeaders(properties: Map<string, string>, { transportHeaders }: Switches): void {
  if (transportHeaders === 'refused') {
    throw new GraphError(
      400,
      'ErrorInvalidExtendedProperty',
      'The property PidTagTransportMessageHeaders cannot be set.',
    );
  }
  properties.delete(TRANSPORT_MESSAGE_HEADERS);
}

function take(properties: Map<string, string>, id: string): string | undefined {
  const value = properties.get(id);
  properties.delete(id);
  return value;
}
