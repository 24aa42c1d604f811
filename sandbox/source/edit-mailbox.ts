import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import type { LocalMailServer } from './local-mail-server.ts';
import type { Login } from './local-dovecot.ts';
import type { MailToStore } from './maildir-writer.ts';

/** What the owner of a mailbox does with his mail program. Folders are given by their names from the top. */
export interface MailboxEditor extends AsyncDisposable {
  /** Adds a mail, creates its folder when there is none, and answers its UID. */
  append(mail: MailToStore): Promise<number>;
  /** UIDs of a folder, ascending; all or those an IMAP SEARCH by Message-ID finds. */
  uids(folder: readonly string[], messageId?: string): Promise<readonly number[]>;
  setFlags(
    folder: readonly string[],
    uids: readonly number[],
    add: readonly string[],
    remove?: readonly string[],
  ): Promise<void>;
  move(from: readonly string[], uids: readonly number[], to: readonly string[]): Promise<void>;
  /** Marks as deleted and expunges exactly these. */
  expunge(folder: readonly string[], uids: readonly number[]): Promise<void>;
  createFolder(folder: readonly string[]): Promise<void>;
  renameFolder(from: readonly string[], to: readonly string[]): Promise<void>;
  /** The folder with all its mail. */
  deleteFolder(folder: readonly string[]): Promise<void>;
}

/** Logs in over TLS. Names are joined with the server's own delimiter, below its personal prefix. */
export async function editMailbox(server: LocalMailServer, login: Login): Promise<MailboxEditor> {
  const client = new ImapFlow({
    host: server.host,
    port: server.tlsPort,
    secure: true,
    auth: { user: login.name, pass: login.password },
    tls: { ca: readFileSync(server.caFile) },
    logger: false,
    disableAutoIdle: true,
  });
  // Without a listener a broken connection would end the process; the command under way rejects anyway.
  client.on('error', () => undefined);
  await client.connect();
  const prefix = client.namespace?.prefix ?? '';
  const delimiter = client.namespace?.delimiter ?? '/';

  function pathOf(names: readonly string[]): string {
    const isInbox = names.length === 1 && names[0]?.toUpperCase() === 'INBOX';
    return isInbox ? 'INBOX' : prefix + names.join(delimiter);
  }
  const known = new Set<string>();
  /** Cyrus and Courier refuse a folder that is there without saying that it is (RFC 5530 ALREADYEXISTS). */
  async function create(path: string): Promise<void> {
    const listed = await client.list();
    if (!listed.some((folder) => folder.path === path)) await client.mailboxCreate(path);
    known.add(path);
  }
  async function inFolder<T>(names: readonly string[], act: () => Promise<T>): Promise<T> {
    const lock = await client.getMailboxLock(pathOf(names));
    try {
      return await act();
    } finally {
      lock.release();
    }
  }

  return {
    async append(mail) {
      const path = pathOf(mail.folder);
      if (path !== 'INBOX' && !known.has(path)) await create(path);
      return orFail(await client.append(path, mail.raw, [...mail.flags], mail.internalDate)).uid ?? fail();
    },
    uids: (folder, messageId) =>
      inFolder(folder, async () => {
        const query = messageId === undefined ? { all: true } : { header: { 'Message-ID': messageId } };
        return orFail(await client.search(query, { uid: true }));
      }),
    setFlags: (folder, uids, add, remove = []) =>
      inFolder(folder, async () => {
        if (add.length > 0) orFail(await client.messageFlagsAdd(uids.join(','), [...add], { uid: true }));
        if (remove.length > 0) orFail(await client.messageFlagsRemove(uids.join(','), [...remove], { uid: true }));
      }),
    move: (from, uids, to) =>
      inFolder(from, async () => void orFail(await client.messageMove(uids.join(','), pathOf(to), { uid: true }))),
    expunge: (folder, uids) =>
      inFolder(folder, async () => void orFail(await client.messageDelete(uids.join(','), { uid: true }))),
    createFolder: async (folder) => void (await client.mailboxCreate(pathOf(folder))),
    renameFolder: async (from, to) => void (known.clear(), await client.mailboxRename(pathOf(from), pathOf(to))),
    deleteFolder: async (folder) => void (known.clear(), await client.mailboxDelete(pathOf(folder))),
    [Symbol.asyncDispose]: () => client.logout(),
  };
}

/** imapflow answers some refusals with false. */
function orFail<T>(answer: T | false | undefined): T {
  return answer === false || answer === undefined ? fail() : answer;
}

function fail(): never {
  throw new Error('The mail server refused');
}
