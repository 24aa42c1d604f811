import { type FolderRoute, planFolders } from '../domain/folder-plan.ts';
import type { SpecialUse } from '../domain/mailbox.ts';
import type { TargetFolder } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** The route of every source folder, in the order they are synced. */
export async function routeFolders(session: MailboxSession): Promise<readonly FolderRoute[]> {
  const { batch, source } = session;
  return planFolders(await source.listFolders(), { trash: batch.trash, exclude: batch.exclude });
}

/** The folders of the target, and a way to get the one a route leads to, created where it is missing. */
export class TargetTree {
  readonly #session: MailboxSession;
  readonly #byId: Map<string, TargetFolder>;
  readonly #names = new Map<string, TargetFolder>();

  private constructor(session: MailboxSession, folders: readonly TargetFolder[]) {
    this.#session = session;
    this.#byId = new Map(folders.map((folder) => [folder.id, folder]));
    for (const folder of folders) this.#names.set(keyOf(folder.parentId, folder.name), folder);
  }

  static async load(session: MailboxSession): Promise<TargetTree> {
    return new TargetTree(session, await session.target.listFolders());
  }

  byId(id: string): TargetFolder | undefined {
    return this.#byId.get(id);
  }

  /** The folder of a route. A folder known from an earlier pass is used wherever its owner moved it meanwhile. */
  async resolve(route: FolderRoute, knownId: string | undefined): Promise<TargetFolder> {
    const known = knownId === undefined ? undefined : this.#byId.get(knownId);
    if (known !== undefined) return known;
    let folder = route.anchor === undefined ? undefined : await this.#wellKnown(route.anchor);
    for (const name of route.names) folder = await this.#child(folder?.id, name);
    if (folder === undefined) throw new RangeError('A route without anchor has at least one name.');
    return folder;
  }

  /** The folder above the one a route leads to; undefined for the root. */
  async parentOf(route: FolderRoute): Promise<string | undefined> {
    const names = route.names.slice(0, -1);
    if (route.anchor === undefined && names.length === 0) return undefined;
    return (await this.resolve({ ...route, names }, undefined)).id;
  }

  /** A folder was given another name or place. */
  replace(folder: TargetFolder): void {
    this.forget(folder.id);
    this.#byId.set(folder.id, folder);
    this.#names.set(keyOf(folder.parentId, folder.name), folder);
  }

  /** A folder is not there any more. */
  forget(id: string): void {
    const folder = this.#byId.get(id);
    if (folder !== undefined) this.#names.delete(keyOf(folder.parentId, folder.name));
    this.#byId.delete(id);
  }

  /** Whether a folder is Deleted Items, lies below it, or is none that people see: the recoverable items. */
  isTrash(folderId: string): boolean {
    if (!this.#byId.has(folderId)) return true;
    for (let folder = this.#byId.get(folderId); folder !== undefined; folder = this.#byId.get(folder.parentId ?? ''))
      if (folder.wellKnown === 'trash') return true;
    return false;
  }

  /** The folders directly below another one. */
  children(parentId: string): readonly TargetFolder[] {
    return [...this.#byId.values()].filter((folder) => folder.parentId === parentId);
  }

  async #wellKnown(use: SpecialUse): Promise<TargetFolder> {
    for (const folder of this.#byId.values()) if (folder.wellKnown === use) return folder;
    // A new mailbox may not have its archive folder yet; Exchange calls it "Archive" in every language of a new mailbox.
    return this.#child(undefined, FALLBACK_NAMES[use]);
  }

  async #child(parentId: string | undefined, name: string): Promise<TargetFolder> {
    const key = keyOf(parentId, name);
    const existing = this.#names.get(key);
    if (existing !== undefined) return existing;
    const created = await this.#session.target.createFolder(parentId, name);
    this.#names.set(key, created);
    this.#byId.set(created.id, created);
    return created;
  }
}

const FALLBACK_NAMES: Readonly<Record<SpecialUse, string>> = {
  inbox: 'Inbox',
  sent: 'Sent Items',
  drafts: 'Drafts',
  trash: 'Deleted Items',
  junk: 'Junk Email',
  archive: 'Archive',
};

// Exchange compares sibling names without case and without blanks around them.
function keyOf(parentId: string | undefined, name: string): string {
  return `${parentId ?? ''}\n${name.trim().normalize('NFC').toLowerCase()}`;
}

/** A route's target for people: names joined by " / ", the well-known folder first. */
export function targetName(route: FolderRoute): string {
  const anchor = route.anchor === undefined ? [] : [FALLBACK_NAMES[route.anchor]];
  return [...anchor, ...route.names].join(' / ');
}
