import type { Mailbox } from '../directory/directory.ts';
import { badRequest, GraphError } from '../graph/graph-error.ts';
import { decodeContent } from '../graph/request-json.ts';
import type { RequestJson } from '../graph/request-json.ts';
import type { StoredAttachment } from '../store/records.ts';
import type { AttachmentInput } from './message-input.ts';

/** Largest attachment a POST takes; larger ones need an upload session (Graph: attach large files to Outlook messages). */
export const DIRECT_ATTACHMENT_LIMIT = 3 * 1024 * 1024;

/** An attachment read from a body, its content decoded but not yet stored. */
export interface ReadAttachment {
  readonly stored: Omit<StoredAttachment, 'number' | 'pieces'>;
  readonly content: Uint8Array;
}

/** Reads an attachment of a body. Throws 400 for unknown kinds, names that are missing and contents that are not base64. */
export function readAttachment(input: AttachmentInput, json: RequestJson, now: number): ReadAttachment {
  const kind = kindOf(input['@odata.type']);
  if (typeof input.name !== 'string')
    throw new GraphError(400, 'ErrorInvalidPropertyRequest', 'The name of an attachment is missing.');
  const content = contentOf(kind, input, json);
  if (content.length > DIRECT_ATTACHMENT_LIMIT) {
    throw new GraphError(
      413,
      'ErrorAttachmentSizeLimitExceeded',
      'The attachment is larger than 3 MB: create an upload session for it.',
    );
  }
  return {
    stored: {
      kind,
      name: input.name,
      contentType: input.contentType ?? (kind === 'file' ? 'application/octet-stream' : null),
      size: content.length,
      isInline: input.isInline ?? false,
      contentId: input.contentId ?? null,
      contentLocation: input.contentLocation ?? null,
      modifiedAt: now,
    },
    content,
  };
}

/** Writes the contents of attachments in one go and numbers them from `first` on. */
export function storeAttachments(
  mailbox: Mailbox,
  read: readonly ReadAttachment[],
  first: number,
): readonly StoredAttachment[] {
  const places = mailbox.storeContent(read.map(({ content }) => content));
  return read.map(({ stored }, index) => ({
    ...stored,
    number: first + index,
    pieces: places.slice(index, index + 1),
  }));
}

/** Number of the next attachment of a message. */
export function nextNumber(attachments: readonly StoredAttachment[]): number {
  return attachments.reduce((most, { number }) => Math.max(most, number), 0) + 1;
}

function kindOf(type: string | undefined): StoredAttachment['kind'] {
  const kind = /^#?microsoft\.graph\.(file|item|reference)Attachment$/.exec(type ?? '')?.[1];
  if (kind === 'file' || kind === 'item' || kind === 'reference') return kind;
  throw badRequest(
    "An attachment must name its kind in '@odata.type': #microsoft.graph.fileAttachment, itemAttachment or referenceAttachment.",
  );
}

function contentOf(kind: StoredAttachment['kind'], input: AttachmentInput, json: RequestJson): Uint8Array {
  if (kind !== 'file') return Buffer.from(JSON.stringify(input.item ?? {}));
  if (typeof input.contentBytes !== 'string') {
    throw new GraphError(
      400,
      'ErrorInvalidPropertyRequest',
      "The content of a file attachment is missing: 'contentBytes'.",
    );
  }
  return decodeContent(json, input.contentBytes);
}
