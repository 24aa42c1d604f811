import type { Mailbox } from '../directory/directory.ts';
import type { Folder } from '../store/mailbox-store.ts';
import { ROOT_FOLDER } from '../store/well-known-folders.ts';

/** Folders as IMAP names them: UTF-7 of RFC 3501, "/" between them. One with "/" in its name, or below such a one, is not there. */
export function imapFolders(mailbox: Mailbox): ReadonlyMap<string, Folder> {
  const names = new Map<string, Folder>();
  for (const folder of mailbox.folders.values()) {
    const name = nameOf(mailbox, folder);
    if (name !== undefined) names.set(name, folder);
  }
  return names;
}

/** The folder a client means: INBOX in any case, everything else as it is spelled. */
export function findFolder(mailbox: Mailbox, name: string): Folder | undefined {
  return imapFolders(mailbox).get(name.replace(/^inbox(?=\/|$)/i, 'INBOX'));
}

function nameOf(mailbox: Mailbox, folder: Folder): string | undefined {
  const names: string[] = [];
  for (let at: Folder | undefined = folder; at?.number !== ROOT_FOLDER; at = mailbox.folders.get(at.parent)) {
    if (at === undefined || at.hidden || at.name.includes('/')) return undefined;
    names.unshift(at.wellKnown === 'inbox' ? 'INBOX' : encode(at.name));
  }
  return names.length === 0 ? undefined : names.join('/');
}

function encode(name: string): string {
  return name.replaceAll('&', '&-').replaceAll(/[^\x20-\x7e]+/g, (run) => {
    const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64');
    return `&${base64.replaceAll('=', '').replaceAll('/', ',')}-`;
  });
}
