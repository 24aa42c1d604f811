import type { FolderStatus } from './mailbox.ts';

/** How the changes of a folder are found. */
export type Strategy =
  /** Nothing happened since the checkpoint. */
  | 'unchanged'
  /** RFC 7162: the server names what changed and what vanished. */
  | 'qresync'
  /** RFC 7162 without QRESYNC: the server names what changed; what vanished shows in the list of UIDs. */
  | 'condstore'
  /** The list of UIDs and the flags of all messages are compared. */
  | 'scan'
  /** Nothing is known under this UIDVALIDITY: as `scan`, and messages are recognised by marker and key. */
  | 'rebuild';

/** What a server can, as far as changes are concerned. */
export interface ChangeAbilities {
  readonly condstore: boolean;
  readonly qresync: boolean;
}

/** Chooses the cheapest way that misses nothing. `checkpoint` is what the folder was when all its changes were in the ledger. */
export function chooseStrategy(
  checkpoint: (FolderStatus & { readonly complete: boolean }) | undefined,
  now: FolderStatus,
  can: ChangeAbilities,
): Strategy {
  if (checkpoint === undefined || checkpoint.uidValidity !== now.uidValidity) return 'rebuild';
  const { highestModseq: before } = checkpoint;
  const { highestModseq: after } = now;
  // Without mod-sequences a changed flag leaves no trace in the status, and a number that went back proves nothing.
  if (!checkpoint.complete || before === undefined || after === undefined || BigInt(before) === 0n) return 'scan';
  if (BigInt(after) < BigInt(before) || now.uidNext < checkpoint.uidNext) return 'scan';
  if (sameStatus(checkpoint, now)) return 'unchanged';
  if (can.qresync) return 'qresync';
  return can.condstore ? 'condstore' : 'scan';
}

/** How the ledger sees a message when a pass begins. `again`: tried before without success, tried again now. */
export type KnownAs = 'done' | 'again' | 'unsettled' | 'gone';

/** What a folder needs: which messages are new to the ledger, to be tried again, gone, or flagged otherwise. UIDs ascend. */
export interface FolderDiff {
  readonly fresh: readonly number[];
  readonly again: readonly number[];
  readonly vanished: readonly number[];
  readonly flags: ReadonlyMap<number, string>;
}

/**
 * Compares all messages of the source (UID and formatFlags) with the ledger. Unsettled messages (sent without an answer)
 * are neither copied nor forgotten here: the target is asked about them first. One that was gone is tried again.
 */
export function diffFolder(
  present: ReadonlyMap<number, string>,
  known: readonly (readonly [uid: number, as: KnownAs, flags: string])[],
): FolderDiff {
  const again: number[] = [];
  const vanished: number[] = [];
  const flags = new Map<number, string>();
  const seen = new Set<number>();
  for (const [uid, as, text] of known) {
    seen.add(uid);
    const now = present.get(uid);
    if (now === undefined) {
      if (as !== 'gone') vanished.push(uid);
    } else if (as === 'again' || as === 'gone') again.push(uid);
    else if (as === 'done' && now !== text) flags.set(uid, now);
  }
  const fresh = [...present.keys()].filter((uid) => !seen.has(uid)).sort((a, b) => a - b);
  return { fresh, again, vanished, flags };
}

/** Whether two looks at a folder saw the same (RFC 3501: UIDVALIDITY, UIDNEXT, EXISTS; RFC 7162: HIGHESTMODSEQ where known). */
export function sameStatus(a: FolderStatus, b: FolderStatus): boolean {
  return (
    a.uidValidity === b.uidValidity &&
    a.uidNext === b.uidNext &&
    a.exists === b.exists &&
    a.highestModseq === b.highestModseq
  );
}

/** Cuts messages into windows that are fetched with one command: at most `count` messages and `bytes` bytes, a larger message alone. */
export function cutWindows<Message extends { readonly size: number }>(
  messages: readonly Message[],
  limit: { readonly count: number; readonly bytes: number },
): readonly (readonly Message[])[] {
  const windows: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const current = windows.at(-1);
    if (current === undefined || current.length >= limit.count || bytes + message.size > limit.bytes) {
      windows.push([message]);
      bytes = message.size;
    } else {
      current.push(message);
      bytes += message.size;
    }
  }
  return windows;
}
