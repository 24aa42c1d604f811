import type { Filterable } from './odata-filter.ts';
import type { StoredAttachment, StoredFolder, StoredItem, StoredUser } from './mail-store.ts';
import type { MailStore } from './mail-store.ts';

/** A user as Graph shows it. */
export function showUser(user: StoredUser): Readonly<Record<string, unknown>> {
  return {
    id: user.id,
    displayName: user.displayName,
    mail: user.mailbox ? user.address : null,
    userPrincipalName: user.address,
    proxyAddresses: user.mailbox ? proxyAddresses(user) : [],
    userType: 'Member',
    accountEnabled: user.kind === 'user',
    assignedPlans: [],
  };
}

function proxyAddresses(user: StoredUser): readonly string[] {
  return [`SMTP:${user.address}`, ...user.aliases.map((alias) => `smtp:${alias}`)];
}

export function filterableUser(user: StoredUser): Filterable {
  const shown = showUser(user);
  return {
    value: (path) => shown[path] as string | undefined,
    collection: (name) => (name === 'proxyAddresses' ? (shown['proxyAddresses'] as readonly string[]) : []),
    property: () => undefined,
  };
}

export function showFolder(folder: StoredFolder, store: MailStore, rootId: string): Readonly<Record<string, unknown>> {
  const items = store.itemsOf(folder.id);
  return {
    id: folder.id,
    displayName: folder.name,
    parentFolderId: folder.parentId ?? rootId,
    childFolderCount: store.children(folder.id).length,
    unreadItemCount: items.filter((item) => item.fields['isRead'] !== true).length,
    totalItemCount: items.length,
    isHidden: folder.hidden === true,
    sizeInBytes: items.reduce((sum, item) => sum + item.attachments.reduce((size, each) => size + each.size, 1024), 0),
  };
}

/** An item as Graph shows it; extended properties only those that were asked for by id. */
export function showItem(item: StoredItem, expand: readonly string[]): Readonly<Record<string, unknown>> {
  const expanded = expand.flatMap((id) => {
    const value = propertyOf(item, id);
    return value === undefined ? [] : [{ id, value }];
  });
  return {
    '@odata.etag': 'W/"1"',
    id: item.id,
    createdDateTime: seconds(item.createdAt),
    lastModifiedDateTime: seconds(item.createdAt),
    changeKey: '1',
    subject: '',
    toRecipients: [],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    categories: [],
    importance: 'normal',
    flag: { flagStatus: 'notFlagged' },
    ...item.fields,
    receivedDateTime: seconds(item.receivedAt),
    sentDateTime: seconds(item.sentAt),
    isDraft: item.isDraft,
    hasAttachments: item.attachments.some((attachment) => !attachment.isInline),
    parentFolderId: item.folderId,
    ...(expanded.length === 0 ? {} : { singleValueExtendedProperties: expanded }),
  };
}

export function showAttachment(attachment: StoredAttachment, contentBytes?: string): Readonly<Record<string, unknown>> {
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    id: attachment.id,
    name: attachment.name,
    contentType: attachment.contentType,
    size: attachment.size,
    isInline: attachment.isInline,
    lastModifiedDateTime: '2026-01-01T00:00:00Z',
    ...(attachment.contentId === undefined ? {} : { contentId: attachment.contentId }),
    ...(contentBytes === undefined ? {} : { contentBytes }),
  };
}

export function filterableItem(item: StoredItem): Filterable {
  const shown = showItem(item, []);
  return {
    value(path) {
      const found = path
        .split('/')
        .reduce<unknown>(
          (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
          shown,
        );
      return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? found : undefined;
    },
    collection: () => [],
    property: (id) => propertyOf(item, id),
  };
}

// The name of a named property is compared with case, type words and hexadecimal numbers without.
function propertyOf(item: StoredItem, id: string): string | undefined {
  const own = Object.entries(item.properties).find(([name]) => normalId(name) === normalId(id));
  return own?.[1];
}

function normalId(id: string): string {
  const name = id.indexOf(' Name ');
  return name < 0 ? id.toLowerCase() : id.slice(0, name).toLowerCase() + id.slice(name);
}

function seconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
