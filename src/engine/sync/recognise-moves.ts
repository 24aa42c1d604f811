import { findMoves } from '../domain/find-moves.ts';
import { type MessageMeta, formatFlags } from '../domain/mailbox.ts';
import { messageKey } from '../domain/message-key.ts';
import type { FolderChange } from './detect-changes.ts';
import type { FolderRun, Known } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { reopen } from './open-run.ts';

/** A message of the ledger that is not where it was, and the target folder it was put into. */
export interface DepartedMessage extends Known {
  readonly key: Uint8Array;
  readonly targetId: string;
  readonly putInto: string;
  readonly formerPaths: readonly string[];
}

export interface ArrivedMessage {
  readonly run: FolderRun;
  readonly uid: number;
  readonly key: Uint8Array;
  readonly internalDate?: number;
  readonly flags: string;
}

export interface Move {
  readonly from: DepartedMessage;
  readonly to: ArrivedMessage;
}

const CHUNK = 500;

/**
 * Finds out which new messages are old ones that moved (to another folder, or to new numbers after a changed UIDVALIDITY).
 * Sizes are compared first; only messages of a size that is missed are asked for their headers, none for its body.
 */
export async function recogniseMoves(
  session: Pick<MailboxSession, 'source' | 'signal'>,
  changes: readonly FolderChange[],
  departed: readonly DepartedMessage[],
): Promise<readonly Move[]> {
  if (departed.length === 0) return [];
  const sizes = new Set(departed.map((each) => each.size));
  const arrived: ArrivedMessage[] = [];
  for (const { run, fresh } of changes) {
    if (fresh.length > 0) arrived.push(...(await readArrivals(session, run, fresh, sizes)));
  }
  return findMoves(departed, arrived);
}

async function readArrivals(
  session: Pick<MailboxSession, 'source' | 'signal'>,
  run: FolderRun,
  uids: readonly number[],
  sizes: ReadonlySet<number>,
): Promise<readonly ArrivedMessage[]> {
  const { folder } = await reopen(session, run);
  const arrived: ArrivedMessage[] = [];
  for (let at = 0; at < uids.length; at += CHUNK) {
    session.signal.throwIfAborted();
    const metas = (await folder.metadata(uids.slice(at, at + CHUNK))).filter((meta) => sizes.has(meta.size));
    const headers = await folder.keyHeaders(metas.map((meta) => meta.uid));
    for (const meta of metas) {
      const fields = headers.get(meta.uid);
      if (fields !== undefined) arrived.push(toArrived(run, meta, fields));
    }
  }
  return arrived;
}

function toArrived(run: FolderRun, meta: MessageMeta, headers: Buffer): ArrivedMessage {
  const { uid, size, internalDate, flags } = meta;
  return {
    run,
    uid,
    key: messageKey(headers, size),
    flags: formatFlags(flags),
    ...(internalDate === undefined ? {} : { internalDate }),
  };
}
