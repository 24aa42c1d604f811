import { type FolderDiff, type KnownAs, type Strategy, chooseStrategy, diffFolder } from '../domain/sync-plan.ts';
import type { Checkpoint, LedgerState } from '../ports.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** What happened in one folder of the source since the ledger knew it all. */
export interface FolderChange extends FolderDiff {
  readonly run: FolderRun;
  readonly strategy: Strategy;
}

/** States the ledger holds, and what they mean at the beginning of a pass. */
const KNOWN_AS: Readonly<Record<LedgerState, KnownAs>> = {
  intended: 'unsettled',
  copied: 'done',
  adopted: 'done',
  excluded: 'done',
  // Tried again at every pass: the source or the limit may have been mended.
  skipped: 'again',
  failed: 'again',
  gone: 'gone',
};

/** Finds what changed in the selected folder, in the cheapest way its server and the checkpoint allow. */
export async function detectChanges(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
  checkpoint: Checkpoint | undefined,
): Promise<FolderChange> {
  const strategy = chooseStrategy(checkpoint, run.status, session.source.can);
  const since = checkpoint?.highestModseq;
  if (strategy === 'unchanged') {
    return { run, strategy, fresh: [], again: await triedBefore(session, run), vanished: [], flags: new Map() };
  }
  if ((strategy === 'qresync' || strategy === 'condstore') && since !== undefined && checkpoint !== undefined) {
    return { ...(await askedChanges(session, run, since, checkpoint)), run, strategy };
  }
  return { ...(await comparedChanges(session, run)), run, strategy };
}

// RFC 7162: the server names what is new or changed; with QRESYNC also what vanished, known to us or not.
async function askedChanges(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
  since: string,
  checkpoint: Checkpoint,
): Promise<FolderDiff> {
  const changes = await run.folder.changes(since);
  const fresh: number[] = [];
  const again = new Set(await triedBefore(session, run));
  const flags = new Map<number, string>();
  for (const [uid, text] of changes.flags) {
    const entry = await session.ledger.findByUid(run.path, run.status.uidValidity, uid);
    if (entry === undefined) fresh.push(uid);
    else if (KNOWN_AS[entry.state] === 'gone') again.add(uid);
    else if (KNOWN_AS[entry.state] === 'done' && entry.flags !== text) flags.set(uid, text);
  }
  const vanished = changes.vanished ?? (await missingUids(session, run, checkpoint.exists + fresh.length));
  return {
    fresh: fresh.sort((a, b) => a - b),
    again: [...again].filter((uid) => !vanished.has(uid)),
    vanished: await knownOf(session, run, vanished),
    flags,
  };
}

// As many messages as there should be without any that vanished: none did, and half a million UIDs need not be listed.
async function missingUids(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
  expected: number,
): Promise<ReadonlySet<number>> {
  if (run.status.exists === expected) return new Set();
  const present = new Set(await run.folder.uids());
  const known = await session.ledger.states(run.path, run.status.uidValidity);
  return new Set(known.map(([uid]) => uid).filter((uid) => !present.has(uid)));
}

const FEW = 1000;

async function knownOf(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
  vanished: ReadonlySet<number>,
): Promise<readonly number[]> {
  const { ledger } = session;
  const { uidValidity } = run.status;
  if (vanished.size > FEW) {
    const states = await ledger.states(run.path, uidValidity);
    return states.filter(([uid, state]) => state !== 'gone' && vanished.has(uid)).map(([uid]) => uid);
  }
  const known: number[] = [];
  for (const uid of vanished) {
    const entry = await ledger.findByUid(run.path, uidValidity, uid);
    if (entry !== undefined && entry.state !== 'gone') known.push(uid);
  }
  return known.sort((a, b) => a - b);
}

// Everything against everything: UIDs always, flags once there is something to compare them with.
async function comparedChanges(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
): Promise<FolderDiff> {
  const known = await session.ledger.states(run.path, run.status.uidValidity);
  const present =
    known.length === 0
      ? new Map((await run.folder.uids()).map((uid) => [uid, ''] as const))
      : await run.folder.flagState();
  return diffFolder(
    present,
    known.map(([uid, state, text]) => [uid, KNOWN_AS[state], text] as const),
  );
}

async function triedBefore(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  run: FolderRun,
): Promise<readonly number[]> {
  const { ledger } = session;
  const skipped = await ledger.entries(run.path, run.status.uidValidity, 'skipped');
  const failed = await ledger.entries(run.path, run.status.uidValidity, 'failed');
  return [...skipped, ...failed].map((entry) => entry.uid);
}
