import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import { badRequest } from '../graph/graph-error.ts';
import { parseFilter } from '../odata/filter.ts';
import type { Filter } from '../odata/filter.ts';
import type { Item } from '../store/mailbox-store.ts';
import type { ItemRecord } from '../store/records.ts';
import { graphTime, normalizePropertyId } from './extended-properties.ts';

/** MAPI properties every item has, computed from what is stored. */
const COMPUTED: Readonly<Record<string, (item: Item) => string>> = {
  'Integer 0xe07': (item) => String(item.messageFlags | (item.hasAttachments ? 0x10 : 0)),
  'SystemTime 0xe06': (item) => graphTime(item.receivedAt),
  'SystemTime 0x39': (item) => graphTime(item.sentAt),
  'Integer 0xe08': (item) => String(item.size),
  'Long 0xe08': (item) => String(item.size),
  'String 0x1035': (item) => item.internetMessageId,
  'SystemTime 0x3007': (item) => graphTime(item.createdAt),
  'SystemTime 0x3008': (item) => graphTime(item.modifiedAt),
  // The IMAP UID: item numbers only grow, as UIDs do.
  'Integer 0xe23': (item) => String(item.number),
};

/** Value of an extended property (normalised id); undefined when the item has none. Reads the journal only when it must. */
export function propertyValue(mailbox: Mailbox, item: Item, id: string, load: () => ItemRecord): string | undefined {
  const named = item.named.find(([known]) => known === id);
  if (named) return named[1];
  const computed = Object.hasOwn(COMPUTED, id) ? COMPUTED[id] : undefined;
  if (computed) return computed(item);
  const stored = load().properties.find(([known]) => known === id)?.[1];
  return stored === undefined ? undefined : mailbox.text(stored);
}

/**
 * The properties an expansion names by `$filter=id eq '..' or id eq '..'`: Graph has no way to read all of them. Absent
 * when the item has none of them.
 */
export function expandProperties(
  mailbox: Mailbox,
  item: Item,
  filter: string | undefined,
  load: () => ItemRecord,
): readonly SingleValueLegacyExtendedProperty[] | undefined {
  const found = expandedIds(filter).flatMap((id) => {
    const value = propertyValue(mailbox, item, id, load);
    return value === undefined ? [] : [{ id, value }];
  });
  return found.length === 0 ? undefined : found;
}

/** Every item of a page asks the same: the last few answers are kept. */
const KNOWN_FILTERS = new Map<string, readonly string[]>();

function expandedIds(filter: string | undefined): readonly string[] {
  if (filter === undefined) throw needsIds();
  const known = KNOWN_FILTERS.get(filter);
  if (known) return known;
  const ids = idsOf(parseFilter(filter));
  if (KNOWN_FILTERS.size >= 50) KNOWN_FILTERS.clear();
  KNOWN_FILTERS.set(filter, ids);
  return ids;
}

function idsOf(filter: Filter): readonly string[] {
  if (filter.kind === 'or') return filter.parts.flatMap(idsOf);
  const isOnId =
    filter.kind === 'compare' &&
    filter.operator === 'eq' &&
    filter.left.kind === 'path' &&
    filter.left.path.join('/') === 'id';
  if (!isOnId || filter.right.kind !== 'literal' || typeof filter.right.value !== 'string') throw needsIds();
  return [normalizePropertyId(filter.right.value)];
}

function needsIds() {
  return badRequest("The expansion of 'singleValueExtendedProperties' needs a $filter on its id.");
}
