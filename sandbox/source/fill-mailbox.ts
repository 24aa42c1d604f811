import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mailOwner } from './dovecot-config.ts';
import type { LocalDovecot } from './local-dovecot.ts';
import { maildirWriter } from './maildir-writer.ts';
import type { MailToStore } from './maildir-writer.ts';

export interface FilledMailbox {
  readonly mails: number;
  readonly bytes: number;
  readonly folders: number;
}

const run = promisify(execFile);

/**
 * Puts mail into a mailbox as fast as the disk takes it, past IMAP; nobody may be logged in as the user meanwhile. A
 * Maildir is written directly, other formats by `doveadm import`. Folders without mail are created too.
 */
export async function fillMailbox(
  server: LocalDovecot,
  user: string,
  folders: Iterable<{ readonly path: readonly string[] }>,
  mails: Iterable<MailToStore>,
): Promise<FilledMailbox> {
  const home = dirname(server.mailHome(user));
  const isDirect = server.settings.format === 'maildir';
  if (!isDirect && server.settings.separator !== '/') throw new Error('doveadm import needs the separator "/"');
  const tree = isDirect ? server.mailHome(user) : join(home, 'import');
  const writer = maildirWriter(tree, server.settings.plugins.includes('listescape'));

  const seen = new Set<string>();
  for (const { path } of folders) {
    writer.createFolder(path);
    seen.add(path.join('\n'));
  }
  let count = 0;
  let bytes = 0;
  for (const mail of mails) {
    writer.write(mail);
    seen.add(mail.folder.join('\n'));
    count += 1;
    bytes += mail.raw.length;
    // Other servers of the sandbox may live in this process.
    if (count % 50 === 0) await nextTurn();
  }
  writer.finish();

  const { uid, gid } = mailOwner();
  if (process.getuid?.() === 0) await run('chown', ['-R', `${uid}:${gid}`, home]);
  if (!isDirect) {
    await server.doveadm('import', '-u', user, `maildir:${tree}:INDEX=MEMORY`, '', 'all');
    await rm(tree, { recursive: true });
  }
  return { mails: count, bytes, folders: seen.size };
}
