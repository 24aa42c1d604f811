import type { MailboxObject, MessageEnvelopeObject, SearchObject } from 'imapflow';
import { MigrationError } from '../engine/domain/failure.ts';
import { type FolderStatus, type MessageMeta, formatFlags, parseFlags } from '../engine/domain/mailbox.ts';
import { KEY_HEADERS } from '../engine/domain/message-key.ts';
import type { FetchedMessage, FolderChanges, MessageSummary, SelectedFolder } from '../engine/ports.ts';
import type { FolderConnection } from './imap-mailbox.ts';
import { readFlagState } from './flag-state.ts';
import { WindowReader } from './read-window.ts';
import { uidSet } from './uid-set.ts';

const SEARCH_DEADLINE = 300_000;
/** How often one that answers short is asked for the rest: without its answer a message loses date and flags. */
const SHORT_ANSWERS = 3;
const METADATA_DEADLINE = 300_000;

/** A folder opened by EXAMINE. */
export class ImapFolder implements SelectedFolder {
  readonly path: string;
  readonly status: FolderStatus;
  readonly #connection: FolderConnection;
  readonly #flags: readonly string[];

  /** `flags` are those the server named when it opened the folder (FLAGS). */
  constructor(path: string, status: FolderStatus, connection: FolderConnection, flags: readonly string[]) {
    this.#flags = flags;
    this.path = path;
    this.status = status;
    this.#connection = connection;
  }

  async uids(): Promise<readonly number[]> {
    if (this.status.exists === 0) return [];
    const found = await this.#search({ all: true });
    await this.#connection.confirm();
    return [...new Set(found)].sort((a, b) => a - b);
  }

  async flagState(): Promise<ReadonlyMap<number, string>> {
    if (this.status.exists === 0) return new Map();
    const state = await readFlagState(this.#flags, (query) => this.#search(query));
    await this.#connection.confirm();
    return state;
  }

  async changes(since: string): Promise<FolderChanges> {
    const flags = new Map<number, string>();
    const { uidNext } = this.status;
    const { client } = this.#connection;
    client.takeVanished();
    await client.run('asking what changed', METADATA_DEADLINE, async (flow) => {
      const options = { uid: true, changedSince: BigInt(since) };
      for await (const message of flow.fetch('1:*', { uid: true, flags: true }, options)) {
        if (message.flags !== undefined && (uidNext <= 0 || message.uid < uidNext))
          flags.set(message.uid, formatFlags(parseFlags(message.flags)));
      }
    });
    const vanished = client.takeVanished();
    // A folder made anew under the same name would otherwise be read as "everything was deleted".
    await this.#connection.confirm();
    return { flags, vanished: client.flow.enabled.has('QRESYNC') ? vanished : undefined };
  }

  keyHeaders(uids: readonly number[]): Promise<ReadonlyMap<number, Buffer>> {
    return this.#fetchHeaders(uids, [...KEY_HEADERS]);
  }

  headers(uids: readonly number[]): Promise<ReadonlyMap<number, Buffer>> {
    return this.#fetchHeaders(uids, true);
  }

  async #fetchHeaders(uids: readonly number[], which: true | string[]): Promise<ReadonlyMap<number, Buffer>> {
    const wanted = new Set(uids);
    const found = new Map<number, Buffer>();
    if (uids.length === 0) return found;
    const query = { uid: true, headers: which };
    await this.#connection.client.run('reading headers', METADATA_DEADLINE, async (flow) => {
      for await (const { uid, headers } of flow.fetch(uidSet(uids), query, { uid: true }))
        if (wanted.has(uid) && Buffer.isBuffer(headers)) found.set(uid, headers);
    });
    return found;
  }

  async summaries(uids: readonly number[]): Promise<ReadonlyMap<number, MessageSummary>> {
    const wanted = new Set(uids);
    const found = new Map<number, MessageSummary>();
    if (uids.length === 0) return found;
    await this.#connection.client.run('reading subjects', METADATA_DEADLINE, async (flow) => {
      for await (const { uid, envelope } of flow.fetch(uidSet(uids), { uid: true, envelope: true }, { uid: true }))
        if (wanted.has(uid) && envelope !== undefined) found.set(uid, summaryOf(envelope));
    });
    return found;
  }

  async #search(query: SearchObject): Promise<readonly number[]> {
    const found = await this.#connection.client.run('searching', SEARCH_DEADLINE, (flow) =>
      flow.search(query, { uid: true }),
    );
    if (!Array.isArray(found)) throw new MigrationError('SourceProtocolError', { detail: 'SEARCH was not answered' });
    // Bounded by the UIDNEXT of the moment it was opened: a server that keeps inventing UIDs cannot keep us here.
    const { uidNext } = this.status;
    return found.filter((uid) => Number.isInteger(uid) && uid > 0 && (uidNext <= 0 || uid < uidNext));
  }

  /**
   * A UID that is not in the answer has left the folder, or the server answered short: imapflow reports both as success.
   * Whoever is missing is asked for again, and what the server still has but does not describe stays in the answer, as
   * a message of no size, so that it is read, or listed as unreadable; never taken for gone.
   */
  async metadata(uids: readonly number[]): Promise<readonly MessageMeta[]> {
    const metas = await this.#fetchMetadata(uids);
    const missing = uids.filter((uid) => !metas.has(uid));
    if (missing.length === 0) return [...metas.values()];
    const present = new Set(await this.#search({ uid: uidSet(missing) }));
    const again = missing.filter((uid) => present.has(uid));
    for (let tries = 0, left = again; left.length > 0 && tries < SHORT_ANSWERS; tries += 1) {
      for (const [uid, meta] of await this.#fetchMetadata(left)) metas.set(uid, meta);
      left = left.filter((uid) => !metas.has(uid));
    }
    for (const uid of again) if (!metas.has(uid)) metas.set(uid, { uid, size: 0, flags: parseFlags(new Set()) });
    return [...metas.values()];
  }

  async #fetchMetadata(uids: readonly number[]): Promise<Map<number, MessageMeta>> {
    const metas = new Map<number, MessageMeta>();
    if (uids.length === 0) return metas;
    const wanted = new Set(uids);
    const sized = new Set<number>();
    const query = { uid: true, size: true, flags: true, internalDate: true };
    await this.#connection.client.run('reading sizes and flags', METADATA_DEADLINE, async (flow) => {
      for await (const message of flow.fetch(uidSet(uids), query, { uid: true })) {
        // Unsolicited answers about other messages are legal and not asked for. One about a wanted message, which tells its new
        // flags alone, may come first: it is no answer to what was asked, unless nothing else comes.
        const known = metas.get(message.uid);
        const flags = message.flags === undefined ? known?.flags : parseFlags(message.flags);
        if (!wanted.has(message.uid) || flags === undefined || sized.has(message.uid)) continue;
        const { size } = message;
        if (size !== undefined) sized.add(message.uid);
        const internalDate = dateOf(message.internalDate) ?? known?.internalDate;
        metas.set(message.uid, {
          uid: message.uid,
          size: size !== undefined && Number.isSafeInteger(size) ? Math.max(0, size) : 0,
          flags,
          ...(internalDate === undefined ? {} : { internalDate }),
        });
      }
    });
    return metas;
  }

  async contents(window: readonly MessageMeta[]): Promise<readonly FetchedMessage[]> {
    const read = await new WindowReader(this.#connection, (uids) => this.metadata(uids)).read(window);
    // A folder deleted and made again answers to the old session with its new messages (seen with Dovecot 2.3).
    await this.#connection.confirm();
    return read;
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

const LONGEST_SUBJECT = 500;

function summaryOf({ subject, from, date }: MessageEnvelopeObject): MessageSummary {
  const address = from?.[0]?.address;
  const time = dateOf(date);
  return {
    ...(subject === undefined || subject === '' ? {} : { subject: subject.slice(0, LONGEST_SUBJECT) }),
    ...(address === undefined || address === '' ? {} : { from: address.slice(0, LONGEST_SUBJECT) }),
    ...(time === undefined ? {} : { date: time }),
  };
}

// Garbage arrives as text, NIL as the first moment of 1970: no mail is of that second, and its own date is better. A date before
// e-mail or far ahead is kept, Exchange takes both.
function dateOf(value: Date | string | undefined): number | undefined {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isFinite(time) && time !== 0 ? time : undefined;
}
