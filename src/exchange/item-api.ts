import type { Message } from '@microsoft/microsoft-graph-types';
import { MARKER_PROPERTY_ID } from '../engine/domain/marker.ts';
import type { TargetItem, TargetMailbox } from '../engine/ports.ts';
import { type GraphClient, failureOf } from './graph-client.ts';
import { LAST_VERB, replyProperties } from './item-properties.ts';

interface ItemApiOptions {
  readonly graph: GraphClient;
  readonly mailbox: string;
  readonly itemPath: (id: string) => string;
}

const EXPAND = encodeURIComponent(
  `singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY_ID}' or id eq '${LAST_VERB}')`,
);
const FIELDS = `$select=id,parentFolderId,isRead,flag,categories&$expand=${EXPAND}`;

/** Looking at single items and changing what may be changed of them: read state, flag, categories, reply state, marker. */
export function itemApi({ graph, mailbox, itemPath }: ItemApiOptions): Pick<TargetMailbox, 'item' | 'changeItem'> {
  return {
    async item(id) {
      const answer = await graph.read<Message>({ method: 'GET', path: `${itemPath(id)}?${FIELDS}`, mailbox });
      if (answer.ok) return toTargetItem(answer.body);
      if (answer.verdict === 'not-found') return undefined;
      throw failureOf(answer);
    },
    async changeItem(id, { read, flagged, answered, forwarded, categories, marker }, version) {
      const properties = [
        ...(marker === undefined ? [] : [{ id: MARKER_PROPERTY_ID, value: marker }]),
        ...(answered === undefined ? [] : replyProperties({ answered, forwarded: forwarded === true })),
      ];
      const body: Message = {
        ...(read === undefined ? {} : { isRead: read }),
        ...(flagged === undefined ? {} : { flag: { flagStatus: flagged ? 'flagged' : 'notFlagged' } }),
        ...(categories === undefined ? {} : { categories: [...categories] }),
        ...(properties.length === 0 ? {} : { singleValueExtendedProperties: properties }),
      };
      // Repeatable: setting the same values twice is setting them once.
      const answer = await graph.read<Message>({
        method: 'PATCH',
        path: itemPath(id),
        body,
        mailbox,
        ...(version === '' ? {} : { headers: { 'If-Match': version } }),
      });
      if (answer.ok) return 'changed';
      if (answer.verdict === 'not-found') return 'gone';
      if (answer.error.status === 412 || answer.verdict === 'conflict') return 'conflict';
      throw failureOf(answer);
    },
  };
}

/** The marker of an item, where it was asked for and the item has one. */
export function markerOf(item: Message): string | undefined {
  return propertyOf(item, MARKER_PROPERTY_ID);
}

function toTargetItem(item: Message): TargetItem {
  const verb = propertyOf(item, LAST_VERB);
  const etag: unknown = Reflect.get(item, '@odata.etag');
  return {
    folderId: item.parentFolderId ?? '',
    marker: markerOf(item),
    version: typeof etag === 'string' ? etag : '',
    read: item.isRead === true,
    flagged: item.flag?.flagStatus === 'flagged',
    // 102 replied, 103 replied to all, 104 forwarded (MS-OXOMSG 2.2.1.4).
    answered: verb === '102' || verb === '103',
    forwarded: verb === '104',
    categories: item.categories ?? [],
  };
}

function propertyOf(item: Message, id: string): string | undefined {
  const property = item.singleValueExtendedProperties?.find((each) => each.id?.toLowerCase() === id.toLowerCase());
  // Declared as text, whatever its type; a number says the same.
  const value: unknown = property?.value;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}
