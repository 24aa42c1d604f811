import type { MailStore, StoredAttachment, StoredItem } from './mail-store.ts';
import { GraphProblem, badRequest } from './graph-reply.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Properties of a message that a CREATE may name (Graph v1.0); anything else is refused, as Graph does. */
const KNOWN = new Set([
  '@odata.type', 'attachments', 'bccRecipients', 'body', 'categories', 'ccRecipients', 'conversationId', 'conversationIndex',
  'createdDateTime', 'extensions', 'flag', 'from', 'hasAttachments', 'importance', 'inferenceClassification',
  'internetMessageHeaders', 'internetMessageId', 'isDeliveryReceiptRequested', 'isDraft', 'isRead', 'isReadReceiptRequested',
  'multiValueExtendedProperties', 'receivedDateTime', 'replyTo', 'sender', 'sentDateTime', 'singleValueExtendedProperties',
  'subject', 'toRecipients', 'bodyPreview', 'parentFolderId', 'uniqueBody', 'webLink', 'id', 'lastModifiedDateTime', 'changeKey',
]); // prettier-ignore

/** Named but not honoured: only the MAPI properties decide about these. */
const IGNORED = new Set([
  'receivedDateTime',
  'sentDateTime',
  'isDraft',
  'createdDateTime',
  'id',
  'parentFolderId',
  'hasAttachments',
]);

const FLAGS = 'Integer 0x0E07';
const DELIVERY = 'SystemTime 0x0E06';
const SUBMIT = 'SystemTime 0x0039';
const UNSENT = 8;
const READ = 1;
const LARGEST_DIRECT = 3 * 1024 * 1024;

/** The JSON of a CREATE as an item to store. Dates and message flags count here and never again. Throws what Graph refuses. */
export function readMessage(body: unknown, user: string, folderId: string, store: MailStore): Omit<StoredItem, 'id'> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('UnableToDeserializePostBody', 'were unable to deserialize');
  const given = body as Fields;
  const unknown = Object.keys(given).find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    throw badRequest('RequestBodyRead', `The property '${unknown}' does not exist on type 'microsoft.graph.message'.`);
  checkHeaders(given['internetMessageHeaders']);
  const properties = readProperties(given['singleValueExtendedProperties']);
  const now = new Date().toISOString();
  const flags = properties[FLAGS] === undefined ? undefined : Number(properties[FLAGS]);
  const { attachments, singleValueExtendedProperties: _own, ...rest } = given;
  const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !IGNORED.has(name)));
  const isDraft = flags === undefined || (flags & UNSENT) !== 0;
  return {
    user,
    folderId,
    createdAt: now,
    // Without a delivery time the item is dated by its creation.
    receivedAt: flags === undefined ? now : (properties[DELIVERY] ?? now),
    sentAt: flags === undefined ? now : (properties[SUBMIT] ?? now),
    isDraft,
    fields: {
      ...fields,
      isRead: flags === undefined ? given['isRead'] === true : (flags & READ) !== 0 || given['isRead'] === true,
    },
    properties,
    attachments: readAttachments(attachments, store),
  };
}

function checkHeaders(headers: unknown): void {
  if (headers === undefined) return;
  if (!Array.isArray(headers) || headers.length === 0 || headers.length > 5) {
    throw badRequest(
      'InvalidInternetMessageHeaderCollection',
      'The number of custom internet message headers must be between 1 and 5.',
    );
  }
  for (const header of headers as readonly Fields[]) {
    if (!/^x-/i.test(String(header['name'])) || String(header['value']).length > 995) {
      throw badRequest(
        'InvalidInternetMessageHeader',
        `The internet message header name '${String(header['name'])}' should start with 'x-' or 'X-'.`,
      );
    }
  }
}

/** Extended properties as a map; their ids keep the spelling they were sent with. */
export function readProperties(list: unknown): Readonly<Record<string, string>> {
  if (list === undefined) return {};
  if (!Array.isArray(list)) throw badRequest('RequestBodyRead', 'singleValueExtendedProperties is a collection.');
  const entries = (list as readonly Fields[]).map(({ id, value }) => {
    if (typeof id !== 'string' || typeof value !== 'string')
      throw badRequest('ErrorInvalidExtendedPropertyValue', 'An extended property needs an id and a value.');
    if (
      !/^(String|Integer|SystemTime|Boolean|Binary|Long|Double|Guid|Short|Float|Currency|ApplicationTime|CLSID)(Array)? (0x[0-9A-Fa-f]{1,4}|\{[0-9A-Fa-f-]{36}\} (Name .+|Id 0x[0-9A-Fa-f]+))$/.test(
        id,
      )
    ) {
      throw badRequest('ErrorInvalidExtendedProperty', `The extended property '${id}' is not valid.`);
    }
    if (id.startsWith('Integer') && !/^-?\d+$/.test(value))
      throw badRequest('ErrorInvalidExtendedPropertyValue', `'${id}' takes a number.`);
    if (id.startsWith('SystemTime') && Number.isNaN(Date.parse(value)))
      throw badRequest('ErrorInvalidExtendedPropertyValue', `'${id}' takes a time.`);
    return [id, id.startsWith('SystemTime') ? new Date(value).toISOString() : value] as const;
  });
  return Object.fromEntries(entries);
}

function readAttachments(list: unknown, store: MailStore): readonly StoredAttachment[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw badRequest('RequestBodyRead', 'attachments is a collection.');
  if (list.length > 250) throw badRequest('ErrorExceededAttachmentCount', 'Too many attachments.');
  return (list as readonly Fields[]).map((each) => readAttachment(each, store));
}

/** One attachment sent inside JSON. */
export function readAttachment(given: Fields, store: MailStore): StoredAttachment {
  const { name, contentType, isInline, contentId, contentBytes } = given;
  if (given['@odata.type'] !== '#microsoft.graph.fileAttachment')
    throw badRequest('RequestBodyRead', 'A file attachment names its @odata.type.');
  if (typeof name !== 'string' || name === '' || typeof contentBytes !== 'string')
    throw badRequest('ErrorRequiredPropertyMissing', 'Required property is missing.');
  const size = decodedSize(contentBytes);
  if (size > LARGEST_DIRECT)
    throw new GraphProblem(
      413,
      'ErrorAttachmentSizeLimitExceeded',
      'The attachment is larger than 3 MB; use an upload session.',
    );
  return storeAttachment({ name, contentType, isInline, contentId }, contentBytes, size, store);
}

/** Stores the base64 of an attachment beside the item. */
export function storeAttachment(
  {
    name,
    contentType,
    isInline,
    contentId,
  }: {
    readonly name: string;
    readonly contentType?: unknown;
    readonly isInline?: unknown;
    readonly contentId?: unknown;
  },
  base64: string,
  size: number,
  store: MailStore,
): StoredAttachment {
  const at = store.putContent(base64);
  return {
    id: `AAMkATT${at.offset.toString(36)}x${at.length.toString(36)}`,
    name,
    contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
    isInline: isInline === true,
    ...(typeof contentId === 'string' ? { contentId } : {}),
    size,
    at,
  };
}

function decodedSize(base64: string): number {
  if (base64.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(base64.slice(-200) + base64.slice(0, 200))) {
    throw badRequest('RequestBodyRead', 'contentBytes is not valid base64.');
  }
  return (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
}
