import type { FileAttachment, ItemAttachment } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import type { Item } from '../store/mailbox-store.ts';
import type { StoredAttachment } from '../store/records.ts';
import { graphTime } from './extended-properties.ts';

export interface AttachmentViewOptions {
  readonly select: readonly string[] | undefined;
  readonly immutableIds: boolean;
}

type AttachmentView = Partial<FileAttachment> & Partial<ItemAttachment> & { readonly '@odata.type': string };

/** An attachment as Graph shows it; `contentBytes` comes unless $select leaves it out, so lists of large mails are large. */
export function attachmentView(
  mailbox: Mailbox,
  item: Item,
  attachment: StoredAttachment,
  { select, immutableIds }: AttachmentViewOptions,
): AttachmentView {
  const wants = (name: string) => select === undefined || select.some((selected) => selected.trim() === name);
  const view: Record<string, unknown> = {
    '@odata.type': `#microsoft.graph.${attachment.kind}Attachment`,
    '@odata.mediaContentType': attachment.contentType,
  };
  view['id'] = mailbox.ids.attachment(item, attachment.number, immutableIds);
  if (wants('lastModifiedDateTime')) view['lastModifiedDateTime'] = graphTime(attachment.modifiedAt);
  for (const name of ['name', 'contentType', 'size', 'isInline'] as const)
    if (wants(name)) view[name] = attachment[name];
  if (attachment.kind !== 'file') return view as AttachmentView;
  for (const name of ['contentId', 'contentLocation'] as const) if (wants(name)) view[name] = attachment[name];
  if (wants('contentBytes')) view['contentBytes'] = attachmentContent(mailbox, attachment).toString('base64');
  return view as AttachmentView;
}

/** Decoded content of a file, or the JSON of an item. */
export function attachmentContent(mailbox: Mailbox, attachment: StoredAttachment): Buffer {
  const [only, ...others] = attachment.pieces;
  if (only && others.length === 0) return mailbox.content(only);
  return Buffer.concat(attachment.pieces.map((piece) => mailbox.content(piece)));
}
