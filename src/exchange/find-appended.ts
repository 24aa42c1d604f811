import type { Message } from '@microsoft/microsoft-graph-types';
import { MARKER_PROPERTY_ID } from '../engine/domain/marker.ts';
import { markerOf } from './item-api.ts';

/** The IMAP UID of an item (PidTagInternetArticleNumber). */
const IMAP_UID = 'Integer 0x0E23';
const EXPAND = encodeURIComponent(
  `singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY_ID}' or id eq '${IMAP_UID}')`,
);

/** What is known of an appended message. */
export interface Appended {
  /** ms since 1970 UTC, as given to APPEND. */
  readonly receivedAt: number;
  /** Known when the answer to APPEND arrived. */
  readonly uid: number | undefined;
  readonly messageId: string | undefined;
  readonly subject: string;
}

/** Query of the items of a folder that were received in the second an appended message was: the one first-class way to it. */
export function receivedInSecond(receivedAt: number): string {
  const second = Math.floor(receivedAt / 1000) * 1000;
  const filter = `receivedDateTime ge ${iso(second)} and receivedDateTime lt ${iso(second + 1000)}`;
  return `$select=id,subject,internetMessageId&$top=100&$filter=${encodeURIComponent(filter)}&$expand=${EXPAND}`;
}

/** Whether this is the appended message, not yet linked. Without a UID its Message-ID decides, else its subject. */
export function isAppended(item: Message, { uid, messageId, subject }: Appended): boolean {
  if (markerOf(item) !== undefined) return false;
  const known = item.singleValueExtendedProperties?.find(({ id }) => id?.toLowerCase().replace(/ 0x0*/, ' 0x') === 'integer 0xe23')?.value; // prettier-ignore
  if (uid !== undefined && typeof known === 'string') return Number(known) === uid;
  if (messageId !== undefined) return item.internetMessageId === messageId;
  return (item.subject ?? '').trim() === subject.trim();
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
