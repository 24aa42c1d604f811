import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { FolderStatus, SourceFolder } from '../engine/domain/mailbox.ts';
import type { Clock, SelectedFolder, SourceMailbox } from '../engine/ports.ts';
import type { ImapClient } from './imap-client.ts';
import { isRefusal } from './imap-failure.ts';
import { ImapFolder, statusOf } from './imap-folder.ts';
import { toSourceFolders } from './list-folders.ts';
import { folderOfLine } from './unread-lines.ts';
import { belowUserRoot, enterUserRoot, findUserRoot, withRoot } from './user-root.ts';

const LIST_DEADLINE = 300_000;
const SELECT_DEADLINE = 120_000;
const WAKE_DEADLINE = 60_000;

interface Access {
  readonly endpoint: MigrationEndpoint;
  /** Where the mail lies that the login sees; absent: everything it sees is its own. */
  readonly userRoot?: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Opens a connection, signed in: the first one, and another one after each break. */
  readonly open: () => Promise<ImapClient>;
}

/** What a folder needs of its mailbox: the connection of the moment, and a new one after a break. */
export interface FolderConnection {
  readonly client: ImapClient;
  /** Connects again and selects the folder; throws when its UIDVALIDITY is another one now. */
  reconnect(): Promise<void>;
  /** Selects the folder again; throws when its UIDVALIDITY is another one now, so that UIDs meant other messages. */
  confirm(): Promise<void>;
}

/** Signs in and opens the mailbox. */
export async function openMailbox(access: Access): Promise<SourceMailbox> {
  const { endpoint, userRoot, clock, signal, open } = access;
  let client = await open();
  const root = userRoot === undefined ? undefined : await findUserRoot(client, userRoot).catch(refused);
  const { capabilities, enabled } = client.flow;

  async function refused(error: unknown): Promise<never> {
    await client.close();
    throw error;
  }

  async function examine(path: string) {
    try {
      return await client.run('opening a folder', SELECT_DEADLINE, (flow) =>
        flow.mailboxOpen(path, { readOnly: true }),
      );
    } catch (error) {
      const cause = error instanceof MigrationError ? error.cause : error;
      if (!client.usable() || !isRefusal(cause)) throw error;
      throw new MigrationError('SourceFolderUnavailable', { folder: path, detail: 'refused' }, { cause });
    }
  }

  function sameValidity(status: FolderStatus, uidValidity: string): void {
    if (status.uidValidity === uidValidity) return;
    throw new MigrationError('SourceConnectionLost', {
      host: endpoint.host,
      detail: 'a folder was replaced while it was read',
    });
  }

  async function select(folder: SourceFolder, uidValidity?: string): Promise<SelectedFolder> {
    const selected = await examine(folder.path);
    const status = statusOf(selected);
    if (uidValidity !== undefined) sameValidity(status, uidValidity);
    const connection: FolderConnection = {
      get client() {
        return client;
      },
      async reconnect() {
        await client.close();
        client = await open();
        if (root !== undefined) enterUserRoot(client, root);
        sameValidity(statusOf(await examine(folder.path)), status.uidValidity);
      },
      async confirm() {
        sameValidity(statusOf(await examine(folder.path)), status.uidValidity);
      },
    };
    return new ImapFolder(folder.path, status, connection, [...(selected.flags ?? [])]);
  }

  return {
    can: {
      // Offered is not enough: without ENABLE the commands are sent without what makes them cheap.
      condstore: enabled.has('CONDSTORE') || enabled.has('QRESYNC'),
      qresync: enabled.has('QRESYNC'),
      objectId: capabilities.has('OBJECTID'),
      idle: capabilities.has('IDLE'),
    },
    async listFolders() {
      const statusQuery = { messages: true, uidNext: true, uidValidity: true, highestModseq: true };
      client.takeListed();
      const listed = await client.run('listing folders', LIST_DEADLINE, (flow) => flow.list({ statusQuery }));
      if (root === undefined) {
        const all = [...listed, ...client.takeListed().map(folderOfLine)];
        return toSourceFolders(all, client.flow.namespace?.prefix ?? '');
      }
      const own = await withRoot(client, belowUserRoot(listed, root), root);
      return toSourceFolders(own, root.path, root);
    },
    select,
    async waitForNews(folder, ms) {
      await examine(folder.path);
      const over = new AbortController();
      const { promise: news, resolve: tell } = Promise.withResolvers<void>();
      const quiet = client.onNews(tell);
      // It ends by the next command (RFC 2177: DONE); without IDLE the library polls less often than we do.
      const idling = client.flow.idle();
      try {
        await Promise.race([news, clock.sleep(ms, AbortSignal.any([signal, over.signal]))]);
      } finally {
        over.abort();
        quiet();
        await client.run('ending IDLE', WAKE_DEADLINE, (flow) => flow.noop());
        await idling;
      }
    },
    async [Symbol.asyncDispose]() {
      await client.close();
    },
  };
}
