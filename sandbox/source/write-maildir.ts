import { chownSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedMail } from './generate-mail.ts';

const FLAG_LETTERS: Readonly<Record<string, string>> = {
  '\\Seen': 'S',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Deleted': 'T',
  '\\Draft': 'D',
};

/**
 * Writes mails as a Maildir tree (LAYOUT=fs) the way Dovecot keeps them: flags in the file name, INTERNALDATE as the
 * file's time, keywords in `dovecot-keywords`. Much faster than APPEND; for mailboxes nobody has opened yet.
 */
export function writeMaildir(
  root: string,
  mails: Iterable<GeneratedMail>,
  owner: { readonly uid: number; readonly gid: number },
): number {
  const folders = new Map<string, { readonly keywords: string[] }>();
  let count = 0;
  for (const mail of mails) {
    const directory = folderDirectory(root, mail.folder);
    const folder = folders.get(directory) ?? createFolder(directory);
    folders.set(directory, folder);
    const letters = mail.flags.map((flag) => FLAG_LETTERS[flag] ?? keywordLetter(folder.keywords, flag));
    count += 1;
    const time = mail.internalDate.getTime() / 1000;
    const file = join(
      directory,
      'cur',
      `${Math.floor(time)}.M${count}.sandbox,S=${mail.raw.length},W=${mail.raw.length}:2,${letters.sort().join('')}`,
    );
    writeFileSync(file, mail.raw);
    utimesSync(file, time, time);
  }
  for (const [directory, { keywords }] of folders) {
    if (keywords.length > 0)
      writeFileSync(
        join(directory, 'dovecot-keywords'),
        keywords.map((keyword, index) => `${index} ${keyword}\n`).join(''),
      );
  }
  chownSync(root, owner.uid, owner.gid);
  return count;
}

/** Creates a folder without mail. */
export function createFolder(directory: string): { readonly keywords: string[] } {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, part), { recursive: true });
  return { keywords: [] };
}

/** Where a folder is kept. */
export function folderDirectory(root: string, folder: readonly string[]): string {
  return folder[0] === 'INBOX' && folder.length === 1 ? root : join(root, ...folder.map(modifiedUtf7));
}

function keywordLetter(keywords: string[], keyword: string): string {
  const known = keywords.indexOf(keyword);
  const index = known >= 0 ? known : keywords.push(keyword) - 1;
  return String.fromCodePoint(97 + index);
}

/** A name as IMAP and Maildir spell it (RFC 3501, 5.1.3). */
export function modifiedUtf7(name: string): string {
  return name.replaceAll(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const utf16 = Buffer.from(run, 'utf16le').swap16();
    return `&${utf16.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`;
  });
}
