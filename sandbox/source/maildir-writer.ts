import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { encodeModifiedUtf7 } from './modified-utf7.ts';

/** A mail to be stored; lines end with CRLF. */
export interface MailToStore {
  readonly folder: readonly string[];
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly internalDate: Date;
}

/** Writes mail into a Maildir++ tree as Dovecot keeps it. Nobody may read the tree meanwhile. */
export interface MaildirWriter {
  createFolder(path: readonly string[]): void;
  write(mail: MailToStore): void;
  /** Writes what Dovecot wants to know beside the messages. */
  finish(): void;
}

/** System flags by their letter in a file name (Maildir's info part). */
const LETTERS = new Map([['\\Draft', 'D'], ['\\Flagged', 'F'], ['\\Answered', 'R'], ['\\Seen', 'S'], ['\\Deleted', 'T']]); // prettier-ignore

/** `escapes` says that the server runs listescape: names may then hold "." and "/". */
export function maildirWriter(root: string, escapes: boolean): MaildirWriter {
  const folders = new Map<string, { readonly directory: string; readonly keywords: string[] }>();
  const batch = randomBytes(3).toString('hex');
  let number = 0;

  function open(path: readonly string[]): { readonly directory: string; readonly keywords: string[] } {
    const name = path.join('\n');
    const known = folders.get(name);
    if (known !== undefined) return known;
    const directory = join(root, folderDirectory(path, escapes));
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, part), { recursive: true });
    const opened = { directory, keywords: readKeywords(directory) };
    folders.set(name, opened);
    return opened;
  }

  function write(mail: MailToStore): void {
    const { directory, keywords } = open(mail.folder);
    const seconds = Math.floor(mail.internalDate.getTime() / 1000);
    number += 1;
    const size = mail.raw.length;
    const unique = `${seconds}.M${String(number).padStart(7, '0')}P${batch}.sandbox,S=${size},W=${size}`;
    const file = openSync(join(directory, 'cur', `${unique}:2,${info(mail.flags, keywords)}`), 'wx', 0o600);
    writeSync(file, mail.raw);
    // INTERNALDATE of a Maildir message is the time of its file.
    futimesSync(file, seconds, seconds);
    closeSync(file);
  }

  function finish(): void {
    for (const { directory, keywords } of folders.values()) {
      const lines = keywords.map((keyword, index) => `${index} ${keyword}\n`).join('');
      if (lines !== '') writeFileSync(join(directory, 'dovecot-keywords'), lines, { mode: 0o600 });
    }
  }
  return { createFolder: (path) => void open(path), write, finish };
}

/** Maildir++: one flat directory, the levels joined with "."; the inbox is the root. */
function folderDirectory(path: readonly string[], escapes: boolean): string {
  if (path.length === 1 && path[0]?.toUpperCase() === 'INBOX') return '.';
  return path.map((name) => `.${folderName(name, escapes)}`).join('');
}

function folderName(name: string, escapes: boolean): string {
  const encoded = encodeModifiedUtf7(name);
  // listescape writes "\" and two hex digits.
  if (escapes) return encoded.replaceAll(/[./\\]|^~/g, (sign) => `\\${sign.charCodeAt(0).toString(16)}`);
  if (/[./]/.test(encoded)) throw new Error(`Without listescape no folder can be called ${JSON.stringify(name)}`);
  return encoded;
}

/** Keywords are letters, numbered from "a" in the file dovecot-keywords; there is room for 26. */
function info(flags: readonly string[], keywords: string[]): string {
  const letters = flags.map((flag) => {
    const letter = LETTERS.get(flag);
    if (letter !== undefined) return letter;
    if (!keywords.includes(flag)) keywords.push(flag);
    return String.fromCharCode('a'.charCodeAt(0) + keywords.indexOf(flag));
  });
  return letters.sort().join('');
}

function readKeywords(directory: string): string[] {
  const file = join(directory, 'dovecot-keywords');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.slice(line.indexOf(' ') + 1));
}
