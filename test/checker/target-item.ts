/** An item of an Exchange mailbox, as plain data. Times are seconds since 1970 UTC. */
export interface TargetItem {
  readonly id: string;
  /** Well-known name of the nearest well-known folder above it (`inbox`, `sentitems`, ...), undefined for the root. */
  readonly anchor: string | undefined;
  /** Display names below the anchor. */
  readonly names: readonly string[];
  /** Value of Bellhop's property; undefined for what Bellhop did not write. */
  readonly marker: string | undefined;
  readonly messageId: string | undefined;
  readonly subject: string;
  readonly from: string | undefined;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly isRead: boolean;
  readonly isDraft: boolean;
  readonly isFlagged: boolean;
  readonly isAnswered: boolean;
  /** As of the transport headers. */
  readonly owner: string | undefined;
  /** Letters and digits of the body, as `sampleText` makes them but of all of it. */
  readonly text: string;
  readonly attachments: readonly TargetAttachment[];
  /** Of the bytes, for what came by IMAP. */
  readonly rawHash: string | undefined;
  /** Changes whenever anything of the item changes. */
  readonly version: string;
}

export interface TargetAttachment {
  readonly kind: 'file' | 'item' | 'reference';
  readonly name: string;
  readonly size: number;
  /** Of the content as it is, and of its lines. */
  readonly exactHash: string;
  readonly lineHash: string;
}
