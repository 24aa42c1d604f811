import type { Mailbox } from '../directory/directory.ts';
import { badRequest, GraphError } from '../graph/graph-error.ts';
import type { Filter } from '../odata/filter.ts';
import { filteredProperties, matchesFilter, readableValue } from '../odata/match-filter.ts';
import type { Readable } from '../odata/match-filter.ts';
import type { QueryOptions } from '../odata/query-options.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import type { ItemRecord } from '../store/records.ts';
import { normalizePropertyId } from './extended-properties.ts';
import { propertyValue } from './item-properties.ts';

/** Sorted lists of folders that did not change since: a client pages through them. */
const SORTED = new WeakMap<Folder, { readonly version: number; readonly items: readonly Item[] }>();

/**
 * The messages of some folders that a list shows, in its order: newest received first unless $orderby says otherwise.
 * A $filter does not see what is younger than `filterDelay` ms (eventual consistency).
 */
export function findMessages(
  mailbox: Mailbox,
  folders: readonly Folder[],
  options: QueryOptions,
  filterDelay: number,
  now: number,
): readonly Item[] {
  const { filter, orderBy } = options;
  if (filter && orderBy && !filteredProperties(filter).includes(orderBy.property[0] ?? '')) {
    throw new GraphError(400, 'InefficientFilter', 'The restriction or sort order is too complex for this operation.');
  }
  const [only, ...others] = folders;
  let items =
    only && others.length === 0 ? newestFirst(only) : byDate(folders.flatMap((folder) => [...folder.items.values()]));
  if (filter) {
    items = items.filter(
      (item) => now - item.createdAt >= filterDelay && matchesFilter(filter, readableMessage(mailbox, item)),
    );
  }
  return orderBy ? sorted(mailbox, items, orderBy) : items;
}

/** The properties of a message a $filter or $orderby can name; what is not in memory is read from the journal. */
export function readableMessage(mailbox: Mailbox, item: Item): Readable {
  let record: ItemRecord | undefined;
  const load = () => (record ??= mailbox.record(item));
  return {
    property: (path) => readProperty(path, item, load),
    elements(path, where) {
      const [name] = path;
      if (name === 'singleValueExtendedProperties') return namedProperties(mailbox, item, where, load);
      if (name === 'categories') return (load().message.categories ?? []).map(readableValue);
      if (name === 'toRecipients' || name === 'ccRecipients' || name === 'bccRecipients') {
        return (load().message[name] ?? []).map((recipient) => ({
          property: ([, field]) =>
            field === 'address' ? recipient.emailAddress?.address : recipient.emailAddress?.name,
          elements: () => [],
        }));
      }
      throw unknownProperty(name ?? '');
    },
  };
}

/**
 * Extended properties cannot be listed, only asked for by id: the elements are those of the ids the lambda names. An id is
 * found in its exact case (names are case-sensitive); values are compared without case, like all texts.
 */
function namedProperties(mailbox: Mailbox, item: Item, where: Filter, load: () => ItemRecord): readonly Readable[] {
  return idsIn(where).flatMap(({ spelling, id }) => {
    const value = propertyValue(mailbox, item, id, load);
    return value === undefined
      ? []
      : [{ property: ([name]) => (name === 'id' ? spelling : value), elements: () => [] }];
  });
}

const IDS_IN = new WeakMap<Filter, readonly { readonly spelling: string; readonly id: string }[]>();

function idsIn(where: Filter): readonly { readonly spelling: string; readonly id: string }[] {
  const known = IDS_IN.get(where);
  if (known) return known;
  const ids = literalIds(where).map((spelling) => ({ spelling, id: normalizePropertyId(spelling) }));
  IDS_IN.set(where, ids);
  return ids;
}

function literalIds(where: Filter): readonly string[] {
  if (where.kind === 'and' || where.kind === 'or') return where.parts.flatMap(literalIds);
  const isId =
    where.kind === 'compare' && where.operator === 'eq' && where.left.kind === 'path' && where.left.path[1] === 'id';
  return isId && where.right.kind === 'literal' && typeof where.right.value === 'string' ? [where.right.value] : [];
}

function readProperty(path: readonly string[], item: Item, load: () => ItemRecord): unknown {
  const [name, ...rest] = path;
  switch (name) {
    case 'receivedDateTime':
      return seconds(item.receivedAt);
    case 'sentDateTime':
      return seconds(item.sentAt);
    case 'createdDateTime':
      return seconds(item.createdAt);
    case 'lastModifiedDateTime':
      return seconds(item.modifiedAt);
    case 'isRead':
      return (item.messageFlags & MESSAGE_READ) !== 0;
    case 'isDraft':
      return (item.messageFlags & MESSAGE_UNSENT) !== 0;
    case 'hasAttachments':
      return item.hasAttachments;
    case 'internetMessageId':
      return item.internetMessageId;
    case 'subject':
    case 'importance':
    case 'inferenceClassification':
      return load().message[name];
    case 'from':
    case 'sender':
      return rest.at(-1) === 'name'
        ? load().message[name]?.emailAddress?.name
        : load().message[name]?.emailAddress?.address;
    case 'flag':
      return load().message.flag?.flagStatus;
    default:
      throw unknownProperty(name ?? '');
  }
}

/** Graph compares what it shows: whole seconds. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function newestFirst(folder: Folder): readonly Item[] {
  const known = SORTED.get(folder);
  if (known?.version === folder.version) return known.items;
  const items = byDate([...folder.items.values()]);
  SORTED.set(folder, { version: folder.version, items });
  return items;
}

function byDate(items: Item[]): Item[] {
  return items.sort((left, right) => right.receivedAt - left.receivedAt || right.number - left.number);
}

function sorted(
  mailbox: Mailbox,
  items: readonly Item[],
  { property, descending }: NonNullable<QueryOptions['orderBy']>,
): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: readableMessage(mailbox, item).property(property) }));
  const sign = descending ? -1 : 1;
  return keyed.sort((left, right) => sign * compareKeys(left.key, right.key)).map(({ item }) => item);
}

function compareKeys(left: unknown, right: unknown): number {
  if (typeof left === 'string' && typeof right === 'string') return left.localeCompare(right, 'en');
  return Number(left ?? 0) - Number(right ?? 0);
}

function unknownProperty(name: string): GraphError {
  return badRequest(`Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Message'.`);
}
