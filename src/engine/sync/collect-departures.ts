import type { Checkpoint, Ledger, LedgerEntry } from '../ports.ts';
import type { FolderDepartures } from './apply-removals.ts';
import { isInTarget } from './apply-removals.ts';
import type { FolderChange } from './detect-changes.ts';
import type { FolderPlace } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { knownFolders } from './marked-items.ts';
import type { DepartedMessage } from './recognise-moves.ts';
import { settleDeparted } from './settle-intents.ts';

/** A folder of the ledger that the source does not list any more. */
export interface VanishedFolder {
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/** Folders that are not at the source any more and have not been taken out of the target yet. */
export async function vanishedFolders(
  session: Pick<MailboxSession, 'ledger'>,
  listed: ReadonlySet<string>,
): Promise<readonly VanishedFolder[]> {
  const vanished: VanishedFolder[] = [];
  for (const path of await knownFolders(session)) {
    const checkpoint = listed.has(path) ? undefined : await session.ledger.checkpoint(path);
    if (checkpoint !== undefined && checkpoint.targetFolderId !== '') vanished.push({ path, checkpoint });
  }
  return vanished;
}

/**
 * Everything the ledger knows that is not where it was. What was in flight there is settled first: it departs with the
 * rest, or is forgotten.
 */
export async function collectDepartures(
  session: MailboxSession,
  changes: readonly FolderChange[],
  vanished: readonly VanishedFolder[],
): Promise<readonly FolderDepartures[]> {
  const { ledger, books } = session;
  for (const { run } of changes) {
    const { path, targetFolderId, formerPaths } = run;
    for (const former of await ledger.formerUidValidities(path, run.status.uidValidity))
      await settleDeparted(session, placeOf(path, former, targetFolderId, formerPaths));
  }
  for (const { path, checkpoint } of vanished) {
    const { targetFolderId, formerPaths = [], uidValidity } = checkpoint;
    for (const each of [uidValidity, ...(await ledger.formerUidValidities(path, uidValidity))]) {
      const settled = await settleDeparted(session, placeOf(path, each, targetFolderId, formerPaths));
      if (each !== uidValidity) continue;
      books.move(path, 'pending', 'copied', settled.found);
      books.move(path, 'pending', 'goneAtSource', settled.forgotten);
    }
  }
  return departuresOf(ledger, changes, vanished);
}

/** The same as the ledger has it, nothing settled: of changed folders, of replaced ones (UIDVALIDITY), of vanished ones. */
export async function departuresOf(
  ledger: Ledger,
  changes: readonly FolderChange[],
  vanished: readonly VanishedFolder[],
): Promise<readonly FolderDepartures[]> {
  const departures: FolderDepartures[] = [];
  for (const { run, vanished: uids } of changes) {
    const { path, targetFolderId, formerPaths } = run;
    const { uidValidity } = run.status;
    const entries: LedgerEntry[] = [];
    for (const uid of uids) {
      const entry = await ledger.findByUid(path, uidValidity, uid);
      if (entry !== undefined) entries.push(entry);
    }
    departures.push({ path, uidValidity, targetFolderId, formerPaths, entries });
    for (const former of await ledger.formerUidValidities(path, uidValidity)) {
      const left = await liveEntries(ledger, path, former);
      departures.push({ path, uidValidity: former, targetFolderId, formerPaths, entries: left });
    }
  }
  for (const { path, checkpoint } of vanished) {
    const { targetFolderId, formerPaths = [], uidValidity } = checkpoint;
    for (const each of [uidValidity, ...(await ledger.formerUidValidities(path, uidValidity))]) {
      const entries = await liveEntries(ledger, path, each);
      departures.push({ path, uidValidity: each, targetFolderId, formerPaths, entries });
    }
  }
  return departures.filter(({ entries }) => entries.length > 0);
}

function placeOf(
  path: string,
  uidValidity: string,
  targetFolderId: string,
  formerPaths: readonly string[],
): FolderPlace {
  return { path, status: { uidValidity }, targetFolderId, formerPaths, runs: new Map() };
}

const LIVE = ['copied', 'adopted', 'skipped', 'failed', 'excluded'] as const;

/** Entries of a folder that stand for something: copied, skipped, failed or left out. */
async function liveEntries(ledger: Ledger, path: string, uidValidity: string): Promise<readonly LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for (const state of LIVE) found.push(...(await ledger.entries(path, uidValidity, state)));
  return found;
}

/** Departed messages that can be recognised elsewhere: those of this pass, and those whose removal still waits. */
export async function recognisable(
  session: Pick<MailboxSession, 'ledger'>,
  departures: readonly FolderDepartures[],
): Promise<readonly DepartedMessage[]> {
  const departed: DepartedMessage[] = [];
  for (const { path, uidValidity, targetFolderId: putInto, formerPaths, entries } of departures) {
    for (const entry of entries) {
      const { key, targetId } = entry;
      // A stand-in does not move: at its new place the message is judged anew.
      if (!isInTarget(entry) || entry.state === 'skipped' || key === undefined || targetId === undefined) continue;
      departed.push({ ...entry, key, targetId, path, uidValidity, putInto, formerPaths });
    }
  }
  for (const held of await session.ledger.coded()) {
    const { key, targetId, path } = held;
    if (held.code !== 'RemovalHeld' || key === undefined || targetId === undefined) continue;
    const checkpoint = await session.ledger.checkpoint(path);
    const { targetFolderId: putInto = '', formerPaths = [] } = checkpoint ?? {};
    departed.push({ ...held, key, targetId, putInto, formerPaths });
  }
  return departed;
}
