import type { MailboxObject } from 'imapflow';
import { MigrationError } from '../engine/domain/failure.ts';
import { type FolderStatus, type MessageMeta, parseFlags } from '../engine/domain/mailbox.ts';
import type { FetchedMessage, SelectedFolder } from '../engine/ports.ts';
import type { FolderConnection } from './imap-mailbox.ts';
import { WindowReader } from './read-window.ts';
import { uidSet } from './uid-set.ts';

const SEARCH_DEADLINE = 300_000;
const METADATA_DEADLINE = 300_000;

/** A folder opened by EXAMINE. */
export class ImapFolder implements SelectedFolder {
  readonly path: string;
  readonly status: FolderStatus;
  readonly #connection: FolderConnection;

  constructor(path: string, status: FolderStatus, connection: FolderConnection) {
    this.path = path;
    this.status = status;
    this.#connection = connection;
  }

  async uids(): Promise<readonly number[]> {
    if (this.status.exists === 0) return [];
    const found = await this.#connection.client.run('searching', SEARCH_DEADLINE, (flow) =>
      flow.search({ all: true }, { uid: true }),
    );
    if (!Array.isArray(found)) throw new MigrationError('SourceProtocolError', { detail: 'SEARCH was not answered' });
    // Bounded by the UIDNEXT of the moment it was opened: a server that keeps inventing UIDs cannot keep us here.
    const { uidNext } = this.status;
    const known = found.filter((uid) => Number.isInteger(uid) && uid > 0 && (uidNext <= 0 || uid < uidNext));
    return [...new Set(known)].sort((a, b) => a - b);
  }

  async metadata(uids: readonly number[]): Promise<readonly MessageMeta[]> {
    if (uids.length === 0) return [];
    const wanted = new Set(uids);
    const metas = new Map<number, MessageMeta>();
    const query = { uid: true, size: true, flags: true, internalDate: true };
    await this.#connection.client.run('reading sizes and flags', METADATA_DEADLINE, async (flow) => {
      for await (const message of flow.fetch(uidSet(uids), query, { uid: true })) {
        // Unsolicited answers about other messages, and second ones, are legal and not asked for.
        if (!wanted.has(message.uid) || message.flags === undefined || metas.has(message.uid)) continue;
        const internalDate = dateOf(message.internalDate);
        metas.set(message.uid, {
          uid: message.uid,
          size: Number.isSafeInteger(message.size) ? Math.max(0, message.size ?? 0) : 0,
          flags: parseFlags(message.flags),
          ...(internalDate === undefined ? {} : { internalDate }),
        });
      }
    });
    return [...metas.values()];
  }

  contents(window: readonly MessageMeta[]): Promise<readonly FetchedMessage[]> {
    return new WindowReader(this.#connection, (uids) => this.metadata(uids)).read(window);
  }
}

/** SELECT's answer as a status. HIGHESTMODSEQ appears only once CONDSTORE is enabled, which imapflow does. */
export function statusOf(mailbox: MailboxObject): FolderStatus {
  const { uidValidity, uidNext, exists, highestModseq, noModseq } = mailbox;
  return {
    uidValidity: String(uidValidity ?? 0),
    uidNext: Number.isSafeInteger(uidNext) ? uidNext : 0,
    exists: Number.isSafeInteger(exists) ? Math.max(0, exists) : 0,
    ...(highestModseq === undefined || noModseq === true ? {} : { highestModseq: String(highestModseq) }),
  };
}

// Garbage arrives as text; a date before e-mail or far ahead is kept, Exchange takes both.
function dateOf(value: Date | string | undefined): number | undefined {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
