import { badRequest, unreadableBody } from '../graph/graph-error.ts';

/** What a property of a request body must look like. */
export type Shape =
  | 'text'
  | 'boolean'
  | 'number'
  | 'texts'
  /** Accepted and ignored: computed by Exchange, or not offered here. */
  | 'anything'
  | readonly string[]
  | { readonly name: string; readonly properties: Readonly<Record<string, Shape>> }
  | { readonly each: Shape };

const EMAIL_ADDRESS: Shape = { name: 'emailAddress', properties: { address: 'text', name: 'text' } };
const RECIPIENT: Shape = { name: 'recipient', properties: { emailAddress: EMAIL_ADDRESS } };
const RECIPIENTS: Shape = { each: RECIPIENT };
const DATE_TIME: Shape = { name: 'dateTimeTimeZone', properties: { dateTime: 'text', timeZone: 'text' } };

/** Properties of microsoft.graph.attachment and its three kinds (v1.0). */
export const ATTACHMENT: Shape = {
  name: 'attachment',
  properties: {
    name: 'text',
    contentType: 'text',
    isInline: 'boolean',
    contentId: 'text',
    contentLocation: 'text',
    contentBytes: 'text',
    item: 'anything',
    id: 'anything',
    size: 'anything',
    lastModifiedDateTime: 'anything',
    sourceUrl: 'anything',
  },
};

/** Properties of microsoft.graph.message (v1.0 metadata, 2026-08); those computed by Exchange may be sent and are ignored. */
export const MESSAGE: Shape = {
  name: 'message',
  properties: {
    subject: 'text',
    internetMessageId: 'text',
    categories: 'texts',
    isRead: 'boolean',
    isReadReceiptRequested: 'boolean',
    isDeliveryReceiptRequested: 'boolean',
    body: { name: 'itemBody', properties: { contentType: ['text', 'html'], content: 'text' } },
    from: RECIPIENT,
    sender: RECIPIENT,
    toRecipients: RECIPIENTS,
    ccRecipients: RECIPIENTS,
    bccRecipients: RECIPIENTS,
    replyTo: RECIPIENTS,
    importance: ['low', 'normal', 'high'],
    inferenceClassification: ['focused', 'other'],
    flag: {
      name: 'followupFlag',
      properties: {
        flagStatus: ['notFlagged', 'complete', 'flagged'],
        startDateTime: DATE_TIME,
        dueDateTime: DATE_TIME,
        completedDateTime: DATE_TIME,
      },
    },
    internetMessageHeaders: { each: { name: 'internetMessageHeader', properties: { name: 'text', value: 'text' } } },
    attachments: { each: ATTACHMENT },
    singleValueExtendedProperties: {
      each: { name: 'singleValueLegacyExtendedProperty', properties: { id: 'text', value: 'text' } },
    },
    multiValueExtendedProperties: 'anything',
    extensions: 'anything',
    id: 'anything',
    changeKey: 'anything',
    createdDateTime: 'anything',
    lastModifiedDateTime: 'anything',
    bodyPreview: 'anything',
    conversationId: 'anything',
    conversationIndex: 'anything',
    hasAttachments: 'anything',
    isDraft: 'anything',
    parentFolderId: 'anything',
    receivedDateTime: 'anything',
    sentDateTime: 'anything',
    uniqueBody: 'anything',
    webLink: 'anything',
  },
};

/** Checks a request body the way Graph's OData reader does. Throws its 400 at the first thing it would not read. */
export function checkShape(value: unknown, shape: Shape, at = 'root'): void {
  if (value === null || shape === 'anything') return;
  if (shape === 'text' || shape === 'boolean' || shape === 'number') {
    const type = shape === 'text' ? 'string' : shape;
    if (typeof value !== type)
      throw unreadableBody(`Cannot convert the value of '${at}' to the expected type 'Edm.${EDM[shape]}'.`);
    return;
  }
  if (shape === 'texts' || 'each' in shape) {
    if (!Array.isArray(value)) throw unreadableBody(`When trying to read '${at}', a StartArray node was expected.`);
    const each = shape === 'texts' ? 'text' : shape.each;
    for (const element of value) checkShape(element, each, at);
    return;
  }
  if ('properties' in shape) checkObject(value, shape, at);
  else if (typeof value !== 'string' || !shape.some((known) => known.toLowerCase() === value.toLowerCase())) {
    throw badRequest(`Requested value ${JSON.stringify(value)} of '${at}' was not found.`);
  }
}

const EDM = { text: 'String', boolean: 'Boolean', number: 'Int32' } as const;

function checkObject(
  value: unknown,
  shape: { readonly name: string; readonly properties: Readonly<Record<string, Shape>> },
  at: string,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadableBody(`When trying to read '${at}', a StartObject node was expected.`);
  }
  for (const [name, property] of Object.entries(value)) {
    if (name.includes('@')) continue;
    const known = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
    if (known === undefined) {
      throw unreadableBody(
        `The property '${name}' does not exist on type 'microsoft.graph.${shape.name}'. Make sure to only use property names that are defined by the type.`,
      );
    }
    checkShape(property, known, name);
  }
}
