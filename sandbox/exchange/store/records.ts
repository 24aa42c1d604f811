import type { Message } from '@microsoft/microsoft-graph-types';

import type { Place } from './append-file.ts';
import type { WellKnownName } from './well-known-folders.ts';

/** PidTagMessageFlags, [MS-OXCMSG] 2.2.1.6. */
export const MESSAGE_READ = 1;
export const MESSAGE_UNSENT = 8;

/** A value of an extended property: short ones lie in the journal itself, long ones in content.bin. */
export type StoredProperty = readonly [id: string, value: string | Place];

export interface StoredAttachment {
  readonly number: number;
  readonly kind: 'file' | 'item' | 'reference';
  readonly name: string;
  readonly contentType: string | null;
  /** Bytes of the decoded content. */
  readonly size: number;
  readonly isInline: boolean;
  readonly contentId: string | null;
  readonly contentLocation: string | null;
  readonly modifiedAt: number;
  /** Decoded content of a file, JSON of an item or reference; several pieces when it came by an upload session. */
  readonly pieces: readonly Place[];
}

/** The Graph properties kept as they were given. */
export type StoredMessage = Pick<
  Message,
  | 'subject'
  | 'from'
  | 'sender'
  | 'toRecipients'
  | 'ccRecipients'
  | 'bccRecipients'
  | 'replyTo'
  | 'importance'
  | 'inferenceClassification'
  | 'categories'
  | 'flag'
  | 'internetMessageId'
  | 'internetMessageHeaders'
  | 'isReadReceiptRequested'
  | 'isDeliveryReceiptRequested'
>;

/** One item, whole: a line of the journal. Times are ms since 1970 UTC, sizes bytes. */
export interface ItemRecord {
  readonly op: 'item';
  readonly number: number;
  /** Grows with every move: the ordinary id is made of it. */
  readonly generation: number;
  readonly folder: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly messageFlags: number;
  readonly size: number;
  readonly message: StoredMessage;
  readonly body: { readonly contentType: 'text' | 'html'; readonly content: Place };
  readonly preview: string;
  readonly properties: readonly StoredProperty[];
  readonly attachments: readonly StoredAttachment[];
  /** The bytes of a message that came by IMAP. */
  readonly mime?: Place;
}

export interface FolderRecord {
  readonly op: 'folder';
  readonly number: number;
  /** Folder 1 is msgfolderroot; folders outside of it (Recoverable Items) have parent 0. */
  readonly parent: number;
  readonly name: string;
  readonly hidden: boolean;
  readonly wellKnown?: WellKnownName;
}

export interface FolderGoneRecord {
  readonly op: 'folder-gone';
  readonly number: number;
}

export interface ItemGoneRecord {
  readonly op: 'item-gone';
  readonly number: number;
}

export type JournalRecord = ItemRecord | FolderRecord | FolderGoneRecord | ItemGoneRecord;
