import type { FileAttachment, InternetMessageHeader, ItemAttachment, Message } from '@microsoft/microsoft-graph-types';

import { GraphError, unreadableBody } from '../graph/graph-error.ts';
import type { RequestJson } from '../graph/request-json.ts';
import { checkShape, MESSAGE } from './message-schema.ts';
import { normalizePropertyId, normalizePropertyValue } from './extended-properties.ts';

/** An attachment as it comes in a body: one of the three kinds, its content still base64. */
export type AttachmentInput = { readonly '@odata.type'?: string } & Partial<
  FileAttachment & Pick<ItemAttachment, 'item'>
> & { readonly contentBytes?: unknown };

/** A message as it comes in a body, checked. */
export interface MessageInput {
  readonly message: Message;
  readonly attachments: readonly AttachmentInput[];
  /** Normalised ids and values, later ones win. */
  readonly properties: ReadonlyMap<string, string>;
  readonly json: RequestJson;
}

const MAX_HEADERS = 5;
const MAX_HEADER_VALUE = 995;

/** Reads the body of a message create or update. Throws the 400s of Graph. */
export function readMessageInput(json: RequestJson): MessageInput {
  checkShape(json.value, MESSAGE);
  if (typeof json.value !== 'object' || json.value === null)
    throw unreadableBody('When trying to read the entity, a StartObject node was expected.');
  const { attachments, singleValueExtendedProperties, ...message } = json.value as Message & {
    attachments?: AttachmentInput[] | null;
  };
  if (message.internetMessageHeaders) checkHeaders(message.internetMessageHeaders);
  const properties = new Map<string, string>();
  for (const { id, value } of singleValueExtendedProperties ?? []) {
    const known = normalizePropertyId(id ?? '');
    properties.set(known, normalizePropertyValue(known, value ?? ''));
  }
  return { message, attachments: attachments ?? [], properties, json };
}

/** At most five headers, names with x-, values of at most 995 characters; an empty list is refused too. */
function checkHeaders(headers: readonly InternetMessageHeader[]): void {
  if (headers.length === 0 || headers.length > MAX_HEADERS) {
    throw new GraphError(
      400,
      'InvalidInternetMessageHeaderCollection',
      `The collection of internet message headers must have 1 to ${MAX_HEADERS} headers.`,
    );
  }
  for (const { name, value } of headers) {
    if (!/^x-[!-9;-~]+$/i.test(name ?? '')) {
      throw new GraphError(
        400,
        'InvalidInternetMessageHeader',
        `The internet message header name '${name ?? ''}' should start with 'x-' or 'X-'.`,
      );
    }
    if ((value ?? '').length > MAX_HEADER_VALUE) {
      throw new GraphError(
        400,
        'InvalidInternetMessageHeader',
        `The value of the internet message header '${name ?? ''}' is longer than ${MAX_HEADER_VALUE} characters.`,
      );
    }
  }
}
