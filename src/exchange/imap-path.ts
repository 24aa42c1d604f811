import type { MailFolder } from '@microsoft/microsoft-graph-types';

/** Reads one folder by id or well-known name. */
export type ReadFolder = (id: string) => Promise<MailFolder | undefined>;

/**
 * The name IMAP gives a folder of Graph: display names with "/" between them, the inbox as INBOX. Undefined for a folder
 * with "/" in its own or a parent's name, which IMAP does not show at all.
 */
export async function imapPath(folderId: string, read: ReadFolder): Promise<string | undefined> {
  const [root, inbox] = [await read('msgfolderroot'), await read('inbox')];
  const names: string[] = [];
  for (let id = folderId; id !== root?.id;) {
    const folder = await read(id);
    if (typeof folder?.displayName !== 'string' || typeof folder.parentFolderId !== 'string') return undefined;
    if (folder.displayName.includes('/')) return undefined;
    names.unshift(folder.id === inbox?.id ? 'INBOX' : folder.displayName);
    id = folder.parentFolderId;
  }
  return names.length === 0 ? undefined : names.join('/');
}
