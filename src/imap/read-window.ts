import type { MessageMeta } from '../engine/domain/mailbox.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { FetchedMessage } from '../engine/ports.ts';
import type { FolderConnection } from './imap-mailbox.ts';
import { uidSet } from './uid-set.ts';

/** A message above this is read alone and in chunks, so that memory holds one copy of it. */
const LARGE = 8 * 1024 * 1024;
const CHUNK = 2 * 1024 * 1024;
/** A window has this long, plus the time its bytes take at the slowest acceptable rate. */
const BASE_DEADLINE = 60_000;
const SLOWEST_BYTES_PER_MS = 20;
/** Connections one window may cost before the network, not a message, is to blame. */
const MOST_RECONNECTS = 24;

/**
 * Reads the bodies of a window and makes sure that every UID gets exactly one answer. imapflow reports short answers as
 * success, and some servers hang up at a damaged message in every session: what is missing is asked for again, then
 * alone, until it is read, gone, or known to be unreadable.
 */
export class WindowReader {
  readonly #connection: FolderConnection;
  readonly #metadata: (uids: readonly number[]) => Promise<readonly MessageMeta[]>;
  #reconnects = 0;

  constructor(connection: FolderConnection, metadata: (uids: readonly number[]) => Promise<readonly MessageMeta[]>) {
    this.#connection = connection;
    this.#metadata = metadata;
  }

  async read(window: readonly MessageMeta[]): Promise<readonly FetchedMessage[]> {
    const small = window.filter((meta) => meta.size <= LARGE);
    const answers = small.length === 0 ? new Map<number, FetchedMessage>() : await this.#readTogether(small);
    for (const meta of window) if (meta.size > LARGE) answers.set(meta.uid, await this.#readAlone(meta));
    return window.map((meta) => answers.get(meta.uid) ?? unreadable(meta.uid, 'the server did not answer'));
  }

  async #readTogether(metas: readonly MessageMeta[], retried = false): Promise<Map<number, FetchedMessage>> {
    let bodies: ReadonlyMap<number, Buffer>;
    try {
      bodies = await this.#fetch(metas);
    } catch (error) {
      await this.#recover(error);
      const [only] = metas;
      if (metas.length === 1 && only !== undefined && retried)
        return new Map([[only.uid, unreadable(only.uid, reasonOf(error))]]);
      // Once more as it was: most breaks are the network's. Then in halves, until the message that breaks it stands alone.
      if (!retried) return this.#readTogether(metas, true);
      const half = Math.ceil(metas.length / 2);
      const first = await this.#readTogether(metas.slice(0, half));
      const second = await this.#readTogether(metas.slice(half));
      return new Map([...first, ...second]);
    }
    const answers = new Map<number, FetchedMessage>();
    const doubtful: MessageMeta[] = [];
    for (const meta of metas) {
      const raw = bodies.get(meta.uid);
      if (raw?.length === meta.size && meta.size > 0) answers.set(meta.uid, { uid: meta.uid, outcome: 'read', raw });
      else doubtful.push(meta);
    }
    if (doubtful.length === 0) return answers;
    const present = new Map((await this.#metadata(doubtful.map((meta) => meta.uid))).map((meta) => [meta.uid, meta]));
    const second = await this.#readAgain([...present.values()]);
    for (const meta of doubtful) {
      const now = present.get(meta.uid);
      const raw = second.get(meta.uid);
      if (now === undefined) answers.set(meta.uid, { uid: meta.uid, outcome: 'gone' });
      else if (raw !== undefined && isWhole(raw, now, bodies.get(meta.uid)?.length))
        answers.set(meta.uid, { uid: meta.uid, outcome: 'read', raw });
      else answers.set(meta.uid, await this.#readAlone(now));
    }
    return answers;
  }

  // Some servers say another size of every message: asked one by one, each would cost two round trips.
  async #readAgain(metas: readonly MessageMeta[]): Promise<ReadonlyMap<number, Buffer>> {
    const small = metas.filter((meta) => meta.size <= LARGE);
    if (small.length < 2) return new Map();
    try {
      return await this.#fetch(small);
    } catch (error) {
      await this.#recover(error);
      return new Map();
    }
  }

  async #readAlone(meta: MessageMeta): Promise<FetchedMessage> {
    let detail = '';
    let previous = -1;
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const raw = meta.size > LARGE ? await this.#download(meta) : (await this.#fetch([meta])).get(meta.uid);
        if (raw === undefined || raw.length === 0) {
          if (meta.size === 0 && raw !== undefined) return { uid: meta.uid, outcome: 'read', raw };
          if ((await this.#metadata([meta.uid])).length === 0) return { uid: meta.uid, outcome: 'gone' };
          detail = 'the server answers nothing';
        } else if (isWhole(raw, meta, previous)) {
          return { uid: meta.uid, outcome: 'read', raw };
        } else {
          previous = raw.length;
          detail = `the server delivers ${raw.length} of ${meta.size} bytes`;
        }
      } catch (error) {
        await this.#recover(error);
        detail = reasonOf(error);
      }
    }
    return unreadable(meta.uid, detail);
  }

  async #fetch(metas: readonly MessageMeta[]): Promise<ReadonlyMap<number, Buffer>> {
    const wanted = new Set(metas.map((meta) => meta.uid));
    const bodies = new Map<number, Buffer>();
    await this.#connection.client.run('reading messages', deadlineOf(metas), async (flow) => {
      for await (const message of flow.fetch(uidSet([...wanted]), { uid: true, source: true }, { uid: true })) {
        // No command and no waiting in here: imapflow would hang, or the socket would time out.
        if (wanted.has(message.uid) && Buffer.isBuffer(message.source) && !bodies.has(message.uid))
          bodies.set(message.uid, message.source);
      }
    });
    return bodies;
  }

  async #download(meta: MessageMeta): Promise<Buffer | undefined> {
    return this.#connection.client.run('reading a large message', deadlineOf([meta]), async (flow) => {
      const { content } = await flow.download(String(meta.uid), undefined, { uid: true, chunkSize: CHUNK });
      if (content === undefined) return undefined;
      // Filled as it comes: a list of chunks and their sum would hold it twice.
      let bytes = Buffer.allocUnsafe(meta.size);
      let length = 0;
      for await (const chunk of content as AsyncIterable<Buffer>) {
        // RFC822.SIZE may be too small; what comes is the message.
        if (length + chunk.length > bytes.length) bytes = Buffer.concat([bytes], length + chunk.length + CHUNK);
        length += chunk.copy(bytes, length);
      }
      return bytes.subarray(0, length);
    });
  }

  // After a break the connection is made anew; after too many of them the window is given up as a whole.
  async #recover(error: unknown): Promise<void> {
    this.#reconnects += 1;
    if (this.#connection.client.usable()) return;
    const lost = error instanceof MigrationError && error.code === 'SourceConnectionLost';
    if (!lost || this.#reconnects > MOST_RECONNECTS) throw error;
    await this.#connection.reconnect();
  }
}

// RFC822.SIZE may be approximate (Exchange computes it before it renders); the same length twice is the truth.
function isWhole(raw: Buffer, { size }: MessageMeta, previous: number | undefined): boolean {
  return raw.length > 0 && (raw.length === size || (raw.length === previous && raw.length * 2 > size));
}

// A refusal (NO, BAD) comes with the server's words.
function reasonOf(error: unknown): string {
  const isRefused = error instanceof MigrationError && error.code === 'SourceProtocolError';
  return isRefused
    ? `the server refuses it: ${String(error.details.detail ?? '')}`
    : 'the server hangs up at this message';
}

function deadlineOf(metas: readonly MessageMeta[]): number {
  return BASE_DEADLINE + metas.reduce((sum, meta) => sum + meta.size, 0) / SLOWEST_BYTES_PER_MS;
}

function unreadable(uid: number, detail: string): FetchedMessage {
  return { uid, outcome: 'unreadable', detail };
}
