import type { FolderRun } from './folder-run.ts';

/** The newest mail of a mailbox comes first. */
export interface NewestFirst {
  /** Mail received from then on (ms since 1970 UTC). */
  readonly since: number;
  /** It is there: what this pass copied, and how many messages are left. Says whether it goes on with them. */
  reached(pass: { readonly copied: number; readonly bytes: number }, left: number): Promise<'go on' | 'rest later'>;
}

const CHUNK = 500;

/**
 * How many of a folder's messages, newest first by UID, reach down to the oldest one that was received since then. UIDs
 * ascend in the order of arrival: a run of messages that are all older is the end. What lies between comes along, so that what
 * is there has no gaps.
 */
export async function newestCount(run: FolderRun, uids: readonly number[], since: number): Promise<number> {
  let count = 0;
  for (let at = 0; at < uids.length; at += CHUNK) {
    const chunk = uids.slice(at, at + CHUNK);
    const metas = await run.folder.metadata(chunk);
    const recent = new Set(metas.flatMap(({ uid, internalDate = 0 }) => (internalDate >= since ? [uid] : [])));
    const last = chunk.findLastIndex((uid) => recent.has(uid));
    if (last < 0) break;
    count = at + last + 1;
  }
  return count;
}
