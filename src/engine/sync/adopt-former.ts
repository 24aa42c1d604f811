import { type MessageMeta, formatFlags } from '../domain/mailbox.ts';
import { messageIdOf, messageKey } from '../domain/message-key.ts';
import type { LedgerEntry } from '../ports.ts';
import { ADOPTED } from './apply-moves.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { FormerItem } from './marked-items.ts';
import type { TargetTree } from './match-folders.ts';

const CHUNK = 500;

/**
 * The ledger is lost *and* the folder has another UIDVALIDITY: the markers of its items say numbers that mean nothing now.
 * An item is recognised by its Message-ID, or by subject and second of receipt where the mail has none; each answers for
 * one message, so that exact duplicates stay as many as they are. It is recorded as a move to where it is already:
 * finishing that gives it the marker it should have. What lies in Deleted Items is left alone and its mail brought
 * again: nobody can tell any more who put it there, and mail twice is better than mail lost.
 */
export async function adoptFormer(
  session: MailboxSession,
  run: FolderRun,
  tree: TargetTree,
  items: readonly FormerItem[],
): Promise<void> {
  const { ledger, books } = session;
  const { uidValidity } = run.status;
  const pool = new ItemPool(items.filter((item) => !tree.isTrash(item.folderId) || tree.isTrash(run.targetFolderId)));
  const known = new Set((await ledger.states(run.path, uidValidity)).map(([uid]) => uid));
  const unknown = (await run.folder.uids()).filter((uid) => !known.has(uid));
  const nameless: number[] = [];
  const adopt = async (uids: readonly number[], find: Find): Promise<void> => {
    for (let at = 0; at < uids.length; at += CHUNK) {
      session.signal.throwIfAborted();
      const metas = await run.folder.metadata(uids.slice(at, at + CHUNK));
      const headers = await run.folder.keyHeaders(metas.map((meta) => meta.uid));
      const intents = await find(metas, headers);
      await ledger.record(run.path, uidValidity, intents);
      books.found(run.path, intents.length);
      const bytes = intents.reduce((sum, { size }) => sum + size, 0);
      books.sized(run.path, intents.length, bytes);
    }
  };
  await adopt(unknown, async (metas, headers) =>
    metas.flatMap((meta) => {
      const fields = headers.get(meta.uid);
      const messageId = fields === undefined ? undefined : messageIdOf(fields);
      if (messageId === undefined) nameless.push(meta.uid);
      const item = messageId === undefined ? undefined : pool.byId(messageId, meta.internalDate);
      return fields === undefined || item === undefined ? [] : [intentOf(session, run, meta, fields, item)];
    }),
  );
  // Only now: an item whose id is that of another message is not free any more.
  await adopt(nameless, async (metas, headers) => {
    const summaries = await run.folder.summaries(metas.map((meta) => meta.uid));
    return metas.flatMap((meta) => {
      const fields = headers.get(meta.uid);
      const item = pool.byTime(meta.internalDate, summaries.get(meta.uid)?.subject ?? '');
      return fields === undefined || item === undefined ? [] : [intentOf(session, run, meta, fields, item)];
    });
  });
}

type Find = (metas: readonly MessageMeta[], headers: ReadonlyMap<number, Buffer>) => Promise<readonly LedgerEntry[]>;

function intentOf(
  session: MailboxSession,
  run: FolderRun,
  { uid, size, flags, internalDate }: MessageMeta,
  headers: Buffer,
  item: FormerItem,
): LedgerEntry {
  return {
    ...{ uid, state: 'intended', flags: formatFlags(flags), size },
    ...(internalDate === undefined ? {} : { internalDate }),
    ...{ key: messageKey(headers, size), targetId: item.id, run: item.run, at: session.world.clock.now() },
    // Where it was put: if it is elsewhere, its owner filed it there.
    ...{ detail: run.targetFolderId, code: ADOPTED },
  };
}

/** Items no message has answered for yet. */
class ItemPool {
  readonly #free: Set<FormerItem>;
  readonly #byId: ReadonlyMap<string | undefined, readonly FormerItem[]>;
  readonly #byTime: ReadonlyMap<string, readonly FormerItem[]>;

  constructor(items: readonly FormerItem[]) {
    this.#free = new Set(items);
    this.#byId = Map.groupBy(items, (item) => item.messageId?.trim());
    this.#byTime = Map.groupBy(items, (item) => timeName(item.receivedAt, item.subject ?? ''));
  }

  /** Of several with this id, the one received in the same second is preferred. */
  byId(messageId: string, receivedAt: number | undefined): FormerItem | undefined {
    const free = this.#byId.get(messageId)?.filter((item) => this.#free.has(item)) ?? [];
    return this.#take(free.find((item) => secondOf(item.receivedAt) === secondOf(receivedAt)) ?? free[0]);
  }

  byTime(receivedAt: number | undefined, subject: string): FormerItem | undefined {
    if (receivedAt === undefined) return undefined;
    return this.#take(this.#byTime.get(timeName(receivedAt, subject))?.find((item) => this.#free.has(item)));
  }

  #take(item: FormerItem | undefined): FormerItem | undefined {
    if (item !== undefined) this.#free.delete(item);
    return item;
  }
}

function timeName(receivedAt: number | undefined, subject: string): string {
  return `${secondOf(receivedAt) ?? ''} ${subject.trim()}`;
}

// Exchange keeps whole seconds.
function secondOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000);
}
