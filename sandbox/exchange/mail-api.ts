import { GraphProblem, type Reply, badRequest, notFound } from './graph-reply.ts';
import type { MailStore, StoredFolder, StoredItem, StoredUser } from './mail-store.ts';
import { parseFilter } from './odata-filter.ts';
import { readAttachment, readMessage, readProperties, storeAttachment } from './read-message.ts';
import { filterableItem, filterableUser, showAttachment, showFolder, showItem, showUser } from './show-item.ts';

/** A request to the local Graph, below /v1.0. */
export interface ApiRequest {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: () => unknown;
  readonly contentType: string;
  readonly immutableIds: boolean;
  readonly origin: string;
  /** Items stored by this request show up in filters only after so many ms. */
  readonly visibleAfter: number;
}

interface UploadInProgress {
  readonly item: string;
  readonly about: {
    readonly name: string;
    readonly contentType?: unknown;
    readonly isInline?: unknown;
    readonly contentId?: unknown;
  };
  readonly size: number;
  readonly ranges: Buffer[];
}

const SENSITIVE_2027 = [
  'subject',
  'body',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'internetMessageId',
  'from',
  'sender',
];

/** The part of Graph's mail API that exists here, over one store. */
export class MailApi {
  readonly #store: MailStore;
  readonly #uploads = new Map<string, UploadInProgress>();
  /** From 2027-01-01 on Exchange refuses changes of sensitive properties on items that are no drafts. */
  refuseSensitiveChanges = false;

  constructor(store: MailStore) {
    this.#store = store;
  }

  handle(request: ApiRequest): Reply {
    const [root, id, ...rest] = request.segments;
    if (root !== 'users') throw badRequest('BadRequest', `Resource not found for the segment '${root ?? ''}'.`);
    if (id === undefined) return this.#listUsers(request);
    const user = this.#user(id);
    const [area, ...path] = rest;
    if (area === undefined) return { status: 200, body: showUser(user) };
    if (!user.mailbox)
      throw new GraphProblem(
        404,
        'MailboxNotEnabledForRESTAPI',
        'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
      );
    switch (area) {
      case 'mailboxSettings':
        return { status: 200, body: { userPurpose: user.kind } };
      case 'mailFolders':
        return this.#folders(user, path, request);
      case 'messages':
        return this.#messages(user, path, request);
      default:
        throw badRequest('BadRequest', `Resource not found for the segment '${area}'.`);
    }
  }

  /** PUT of a range to an upload session. */
  upload(token: string, range: string | undefined, bytes: Buffer): Reply {
    const session = this.#uploads.get(token);
    const item = session === undefined ? undefined : this.#store.items.get(session.item);
    if (session === undefined || item === undefined)
      throw new GraphProblem(404, 'ErrorItemNotFound', 'The upload session was not found.');
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? '');
    const received = session.ranges.reduce((sum, each) => sum + each.length, 0);
    const [start, end, total] = (match ?? []).slice(1).map(Number);
    if (
      start !== received ||
      end === undefined ||
      end - start + 1 !== bytes.length ||
      total !== session.size ||
      bytes.length >= 4 * 1024 * 1024
    ) {
      throw badRequest('ErrorInvalidRange', 'Uploaded fragment overlaps or is out of order.');
    }
    session.ranges.push(bytes);
    const next = received + bytes.length;
    if (next < session.size)
      return { status: 200, body: { expirationDateTime: inAnHour(), nextExpectedRanges: [`${next}-`] } };
    this.#uploads.delete(token);
    const content = Buffer.concat(session.ranges).toString('base64');
    const attachment = storeAttachment(session.about, content, session.size, this.#store);
    this.#store.saveItem({ ...item, attachments: [...item.attachments, attachment] });
    return { status: 201, headers: { Location: `https://localhost/attachments/${attachment.id}` } };
  }

  #listUsers({ query }: ApiRequest): Reply {
    const filter = query.get('$filter');
    const matches = filter === null ? () => true : parseFilter(filter);
    const users = [...this.#store.users.values()].filter((user) => matches(filterableUser(user)));
    return {
      status: 200,
      body: { value: users.slice(0, top(query, 100, 999)).map((user) => pick(showUser(user), query)) },
    };
  }

  #user(id: string): StoredUser {
    const found =
      this.#store.users.get(id) ??
      [...this.#store.users.values()].find((user) => user.address.toLowerCase() === id.toLowerCase());
    if (found === undefined)
      throw new GraphProblem(
        404,
        'Request_ResourceNotFound',
        `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
      );
    return found;
  }

  // -- folders ----------------------------------------------------------------------------------------------------

  #folders(user: StoredUser, [id, action, ...path]: readonly string[], request: ApiRequest): Reply {
    const { method, query } = request;
    const show = (folder: StoredFolder): unknown => pick(showFolder(folder, this.#store, rootOf(user)), query);
    if (id === undefined || (id === 'msgfolderroot' && action === 'childFolders'))
      return this.#childFolders(user, undefined, request, show);
    if (id === 'msgfolderroot' && action === undefined)
      return { status: 200, body: { id: rootOf(user), displayName: 'Top of Information Store' } };
    const folder = this.#folder(user, id);
    switch (action) {
      case undefined:
        if (method === 'DELETE') return this.#deleteFolder(folder);
        if (method === 'PATCH') return { status: 200, body: show(this.#renameFolder(folder, request.body())) };
        return { status: 200, body: show(folder) };
      case 'childFolders':
        return this.#childFolders(user, folder, request, show);
      case 'move':
        return { status: 201, body: show(this.#moveFolder(user, folder, request.body())) };
      case 'permanentDelete':
        return this.#deleteFolder(folder);
      case 'messages':
        if (path.length > 0) return this.#messages(user, path, request);
        return method === 'POST'
          ? this.#createMessage(user, folder, request)
          : this.#listMessages(this.#store.itemsOf(folder.id), request);
      default:
        throw badRequest('BadRequest', `Resource not found for the segment '${action}'.`);
    }
  }

  #folder(user: StoredUser, id: string): StoredFolder {
    const byId = this.#store.folders.get(id);
    if (byId?.user === user.id) return byId;
    const wellKnown = [...this.#store.folders.values()].find(
      (folder) => folder.user === user.id && folder.wellKnown === id.toLowerCase(),
    );
    if (wellKnown === undefined) throw notFound('Folder');
    return wellKnown;
  }

  #childFolders(
    user: StoredUser,
    parent: StoredFolder | undefined,
    request: ApiRequest,
    show: (folder: StoredFolder) => unknown,
  ): Reply {
    const siblings = this.#siblings(user, parent?.id);
    if (request.method === 'POST') {
      const name = field(request.body(), 'displayName');
      if (typeof name !== 'string' || name.trim() === '')
        throw badRequest('ErrorInvalidFolderName', 'The folder name is missing.');
      if (name.length > 255) throw badRequest('ErrorFolderSave', 'The folder name is too long.');
      if (siblings.some((folder) => sameName(folder.name, name))) {
        throw new GraphProblem(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
      }
      const hidden = field(request.body(), 'isHidden') === true;
      return {
        status: 201,
        body: show(
          this.#store.addFolder({
            user: user.id,
            parentId: parent?.id,
            name: name.trim(),
            ...(hidden ? { hidden } : {}),
          }),
        ),
      };
    }
    const visible = siblings.filter(
      (folder) => folder.hidden !== true || request.query.get('includeHiddenFolders') === 'true',
    );
    // The default page is 10: who does not page gets "the folder exists" when creating what he did not see.
    return page(visible.map(show), request, 10, 1000);
  }

  #siblings(user: StoredUser, parentId: string | undefined): readonly StoredFolder[] {
    return [...this.#store.folders.values()].filter(
      (folder) => folder.user === user.id && folder.parentId === parentId,
    );
  }

  #renameFolder(folder: StoredFolder, body: unknown): StoredFolder {
    const name = field(body, 'displayName');
    if (typeof name !== 'string') throw badRequest('ErrorInvalidFolderName', 'The folder name is missing.');
    const renamed = { ...folder, name: name.trim() };
    this.#store.saveFolder(renamed);
    return renamed;
  }

  #moveFolder(user: StoredUser, folder: StoredFolder, body: unknown): StoredFolder {
    const destination = String(field(body, 'destinationId'));
    const parentId = destination === 'msgfolderroot' ? undefined : this.#folder(user, destination).id;
    const moved = { ...folder, parentId };
    this.#store.saveFolder(moved);
    return moved;
  }

  #deleteFolder(folder: StoredFolder): Reply {
    if (folder.wellKnown !== undefined)
      throw badRequest('ErrorDeleteDistinguishedFolder', 'A distinguished folder cannot be deleted.');
    this.#store.removeFolder(folder.id);
    return { status: 204 };
  }

  // -- messages ---------------------------------------------------------------------------------------------------

  #messages(user: StoredUser, [id, action, attachmentId, part]: readonly string[], request: ApiRequest): Reply {
    const { method, query } = request;
    if (id === undefined) {
      if (method === 'POST') return this.#createMessage(user, this.#folder(user, 'drafts'), request);
      return this.#listMessages(
        [...this.#store.items.values()].filter((item) => item.user === user.id),
        request,
      );
    }
    const item = this.#store.items.get(id);
    if (item?.user !== user.id) throw notFound('Item');
    switch (action) {
      case undefined:
        if (method === 'PATCH')
          return { status: 200, body: showItem(this.#patch(item, request.body()), expandOf(query)) };
        if (method === 'DELETE') return this.#remove(item);
        return { status: 200, body: pick(showItem(item, expandOf(query)), query) };
      case 'permanentDelete':
        return this.#remove(item);
      case 'move':
        return { status: 201, body: showItem(this.#move(user, item, request), []) };
      case 'attachments':
        return this.#attachments(item, attachmentId, part, request);
      default:
        throw badRequest('BadRequest', `Resource not found for the segment '${action}'.`);
    }
  }

  #createMessage(user: StoredUser, folder: StoredFolder, request: ApiRequest): Reply {
    if (request.contentType.startsWith('text/plain')) return this.#createFromMime(user, request);
    const created = this.#store.addItem({
      ...readMessage(request.body(), user.id, folder.id, this.#store),
      ...(request.visibleAfter > 0 ? { visibleAt: Date.now() + request.visibleAfter } : {}),
    });
    return { status: 201, body: showItem(created, []) };
  }

  // Whatever the MIME says: a draft in Drafts, received now.
  #createFromMime(user: StoredUser, request: ApiRequest): Reply {
    const text = String(request.body());
    if (!/^[A-Za-z0-9+/=\s]*$/.test(text))
      throw badRequest('ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.');
    const mime = Buffer.from(text, 'base64').toString('latin1');
    if (/[^\r]\n/.test(mime)) throw badRequest('UnableToDeserializePostBody', 'were unable to deserialize');
    const now = new Date().toISOString();
    const subject = /^Subject: (.*)$/im.exec(mime)?.[1] ?? '';
    const drafts = this.#folder(user, 'drafts');
    const created = this.#store.addItem({
      user: user.id,
      folderId: drafts.id,
      createdAt: now,
      receivedAt: now,
      sentAt: now,
      isDraft: true,
      fields: { subject, isRead: true },
      properties: {},
      attachments: [],
    });
    return { status: 201, body: showItem(created, []) };
  }

  #listMessages(items: readonly StoredItem[], request: ApiRequest): Reply {
    const { query } = request;
    const filter = query.get('$filter');
    const expand = expandOf(query);
    // Filters ask an index that lags behind; plain lists see everything.
    const now = Date.now();
    const visible = filter === null ? items : items.filter((item) => (item.visibleAt ?? 0) <= now);
    const matches = filter === null ? () => true : parseFilter(filter);
    const found = visible.filter((item) => matches(filterableItem(item)));
    const sorted = [...found].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
    return page(sorted, request, 10, 1000, (item) =>
      pick(showItem(item, expand), query, ['singleValueExtendedProperties']),
    );
  }

  #patch(item: StoredItem, body: unknown): StoredItem {
    const { singleValueExtendedProperties, ...changes } = body as Readonly<Record<string, unknown>>;
    if (
      this.refuseSensitiveChanges &&
      !item.isDraft &&
      Object.keys(changes).some((name) => SENSITIVE_2027.includes(name))
    ) {
      throw new GraphProblem(
        403,
        'ErrorAccessDenied',
        'Changing this property of a sent item needs Mail-Advanced.ReadWrite.',
      );
    }
    const changed = {
      ...item,
      fields: { ...item.fields, ...changes },
      properties: { ...item.properties, ...readProperties(singleValueExtendedProperties) },
    };
    this.#store.saveItem(changed);
    return changed;
  }

  #remove(item: StoredItem): Reply {
    this.#store.removeItem(item.id);
    return { status: 204 };
  }

  #move(user: StoredUser, item: StoredItem, { body, immutableIds }: ApiRequest): StoredItem {
    const folderId = this.#folder(user, String(field(body(), 'destinationId'))).id;
    if (immutableIds) {
      const moved = { ...item, folderId };
      this.#store.saveItem(moved);
      return moved;
    }
    this.#store.removeItem(item.id);
    const { id: _id, ...rest } = item;
    return this.#store.addItem({ ...rest, folderId });
  }

  #attachments(item: StoredItem, id: string | undefined, part: string | undefined, request: ApiRequest): Reply {
    if (id === 'createUploadSession') return this.#createUploadSession(item, request);
    if (id === undefined && request.method === 'POST') {
      const attachment = readAttachment(request.body() as Readonly<Record<string, unknown>>, this.#store);
      this.#store.saveItem({ ...item, attachments: [...item.attachments, attachment] });
      return { status: 201, body: showAttachment(attachment) };
    }
    if (id === undefined)
      return page(
        item.attachments.map((each) => pick(showAttachment(each), request.query)),
        request,
        10,
        1000,
      );
    const attachment = item.attachments.find((each) => each.id === id);
    if (attachment === undefined) throw notFound('Item');
    const content = this.#store.content(attachment.at);
    if (part === '$value') return { status: 200, body: Buffer.from(content, 'base64') };
    return { status: 200, body: showAttachment(attachment, content) };
  }

  #createUploadSession(item: StoredItem, request: ApiRequest): Reply {
    const about = field(request.body(), 'AttachmentItem') as Readonly<Record<string, unknown>> | undefined;
    const { name, size, attachmentType, contentType, isInline, contentId } = about ?? {};
    if (attachmentType !== 'file' || typeof name !== 'string' || typeof size !== 'number')
      throw badRequest('ErrorRequiredPropertyMissing', 'AttachmentItem needs attachmentType, name and size.');
    if (size > 150 * 1024 * 1024)
      throw new GraphProblem(413, 'ErrorAttachmentSizeLimitExceeded', 'The attachment is larger than 150 MB.');
    const token = crypto.randomUUID();
    this.#uploads.set(token, { item: item.id, about: { name, contentType, isInline, contentId }, size, ranges: [] });
    return {
      status: 201,
      body: {
        uploadUrl: `${request.origin}/upload/sessions/${token}?authtoken=x`,
        expirationDateTime: inAnHour(),
        nextExpectedRanges: ['0-'],
      },
    };
  }
}

function rootOf(user: StoredUser): string {
  return `root-${user.id}`;
}

function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

function top(query: URLSearchParams, byDefault: number, most: number): number {
  const asked = query.get('$top');
  if (asked === null) return byDefault;
  if (!/^[1-9]\d*$/.test(asked)) throw badRequest('ErrorInvalidUrlQuery', "The query parameter '$top' is not valid.");
  return Math.min(Number(asked), most);
}

function page<Item>(
  items: readonly Item[],
  request: ApiRequest,
  byDefault: number,
  most: number,
  show: (item: Item) => unknown = (item) => item,
): Reply {
  const size = top(request.query, byDefault, most);
  const skip = Number(request.query.get('$skip') ?? 0);
  const value = items.slice(skip, skip + size).map(show);
  const next = new URLSearchParams(request.query);
  next.set('$skip', String(skip + size));
  const path = request.segments.map(encodeURIComponent).join('/');
  const more =
    skip + size < items.length ? { '@odata.nextLink': `${request.origin}/v1.0/${path}?${next.toString()}` } : {};
  return { status: 200, body: { '@odata.context': `${request.origin}/v1.0/$metadata`, ...more, value } };
}

function pick(
  shown: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  also: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const select = query.get('$select');
  if (select === null) return shown;
  const wanted = new Set([...select.split(',').map((name) => name.trim()), ...also, '@odata.type']);
  return Object.fromEntries(Object.entries(shown).filter(([name]) => wanted.has(name) || name === 'id'));
}

function expandOf(query: URLSearchParams): readonly string[] {
  const expand = query.get('$expand') ?? '';
  return [...expand.matchAll(/id eq '((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
}

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}
