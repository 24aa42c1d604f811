import type { ListResponse, StatusObject } from 'imapflow';
import type { FolderStatus, SourceFolder, SpecialUse } from '../engine/domain/mailbox.ts';
import { specialUseByName } from '../engine/domain/special-folders.ts';
import { type UserRoot, segmentsBelow } from './user-root.ts';

/** More folders than Exchange takes in a mailbox are an attack or a mistake. */
const MOST_FOLDERS = 20_000;

const BY_FLAG: Readonly<Record<string, SpecialUse>> = {
  '\\inbox': 'inbox',
  '\\sent': 'sent',
  '\\drafts': 'drafts',
  '\\trash': 'trash',
  '\\junk': 'junk',
  '\\archive': 'archive',
};

/** What is needed of an answer to LIST. */
export type Listed = Pick<ListResponse, 'path' | 'delimiter' | 'flags'> &
  Partial<Pick<ListResponse, 'specialUse' | 'specialUseSource' | 'status'>>;

/**
 * LIST in Bellhop's words. Names are split at the server's own delimiter and nowhere else; the personal prefix ("INBOX."
 * of Cyrus and Courier) is no folder. The server's SPECIAL-USE (RFC 6154) wins, then well-known names; each special use is given once.
 */
export function toSourceFolders(listed: readonly Listed[], prefix: string, root?: UserRoot): readonly SourceFolder[] {
  const seen = new Set<string>();
  const folders = listed
    .filter((each) => each.path !== '' && !seen.has(each.path) && seen.add(each.path))
    .slice(0, MOST_FOLDERS)
    .map((each) => toSourceFolder(each, prefix, root));
  return nameSpecialFolders(withOneInbox(folders));
}

function toSourceFolder(listed: Listed, prefix: string, root: UserRoot | undefined): SourceFolder {
  const flags = new Set([...listed.flags].map((flag) => flag.toLowerCase()));
  const below = root === undefined ? undefined : segmentsBelow(listed.path, root);
  const isInbox =
    below === undefined ? listed.path.toUpperCase() === 'INBOX' : below.length === 1 && below[0] === 'INBOX';
  const special = isInbox ? 'inbox' : flaggedUse(listed);
  const status = statusOfList(listed.status);
  return {
    path: listed.path,
    segments: isInbox ? ['INBOX'] : (below ?? segmentsOf(listed, prefix)),
    selectable: !flags.has('\\noselect') && !flags.has('\\nonexistent'),
    ...(special === undefined ? {} : { specialUse: special }),
    ...(status === undefined ? {} : { status }),
  };
}

// Below a UserRoot the root itself is the inbox, unless it holds nothing and there is a folder INBOX in it.
function withOneInbox(folders: readonly SourceFolder[]): readonly SourceFolder[] {
  const inboxes = folders.filter((each) => each.specialUse === 'inbox');
  const [inbox] = inboxes.toSorted((a, b) => Number(b.selectable) - Number(a.selectable));
  if (inboxes.length < 2 || inbox === undefined) return folders;
  return folders.flatMap((each) => {
    if (each === inbox || each.specialUse !== 'inbox') return [each];
    const { specialUse: _second, ...plain } = each;
    return each.selectable ? [plain] : [];
  });
}

function flaggedUse(listed: Listed): SpecialUse | undefined {
  if (listed.specialUse === undefined || listed.specialUseSource === 'name') return undefined;
  const use = BY_FLAG[listed.specialUse.toLowerCase()];
  return use === 'inbox' ? undefined : use;
}

function segmentsOf({ path, delimiter }: Listed, prefix: string): readonly string[] {
  const isBelow = prefix !== '' && path.length > prefix.length && path.toUpperCase().startsWith(prefix.toUpperCase());
  const own = isBelow ? path.slice(prefix.length) : path;
  return delimiter === '' || delimiter === undefined ? [own] : own.split(delimiter);
}

function statusOfList(status: StatusObject | undefined): FolderStatus | undefined {
  if (status?.uidValidity === undefined || status.uidNext === undefined || status.messages === undefined)
    return undefined;
  return {
    uidValidity: String(status.uidValidity),
    uidNext: status.uidNext,
    exists: status.messages,
    ...(status.highestModseq === undefined ? {} : { highestModseq: String(status.highestModseq) }),
  };
}

// A use the server flagged is taken; a name fills the ones it left open. Top-level names win over deeper ones.
function nameSpecialFolders(folders: readonly SourceFolder[]): readonly SourceFolder[] {
  const taken = new Set<SpecialUse>();
  const unique = folders.map((folder): SourceFolder => {
    if (folder.specialUse === undefined || !taken.has(folder.specialUse)) {
      if (folder.specialUse !== undefined) taken.add(folder.specialUse);
      return folder;
    }
    const { specialUse: _second, ...plain } = folder;
    return plain;
  });
  return unique.map((folder) => {
    const [name] = folder.segments;
    if (folder.specialUse !== undefined || folder.segments.length !== 1 || name === undefined) return folder;
    const use = specialUseByName(name);
    if (use === undefined || taken.has(use)) return folder;
    taken.add(use);
    return { ...folder, specialUse: use };
  });
}
