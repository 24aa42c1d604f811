import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillMailbox } from '../sandbox/source/fill-mailbox.ts';
import { type LocalDovecot, startLocalDovecot } from '../sandbox/source/local-dovecot.ts';
import type { MailToStore } from '../sandbox/source/maildir-writer.ts';
import type { LedgerEntry } from '../src/engine/ports.ts';
import { sqliteLedgers } from '../src/store/sqlite-ledger.ts';
import { openBellhop } from './measure-bellhop.ts';
import { writeResults } from './results.ts';

const FOLDER = 'Large';
const CHUNK = 1000;
const PASSES = 5;

/**
 * A pass over a mailbox in which nothing changed, with one very large folder on a real Dovecot (QRESYNC). The ledger is
 * filled through its port instead of by hours of copying: such a pass asks the source and the ledger, never the target's items.
 */
export async function benchNoChange(mails: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const user = { name: 'u1', password: 'bench-not-a-real-password' };
  try {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(await startLocalDovecot({ directory: join(directory, 'source'), users: [user] }));
    const bellhop = stack.use(await openBellhop({ directory, source, servers: {}, user }));
    await bellhop.firstSync(0);
    console.log(`filling a folder with ${mails} mails`);
    await fillMailbox(source, user.name, [{ path: [FOLDER] }], tinyMails(mails));
    const status = await statusOf(source, user.name);
    await fillLedger(join(directory, 'bellhop', 'ledger'), source, bellhop.mailboxId, status, mails);
    const seconds: number[] = [];
    for (let at = 0; at < PASSES; at += 1) seconds.push(await bellhop.nextSync());
    const known = await bellhop.metric('bellhop_items{batch="bench",column="copied"}');
    if (known !== mails) throw new Error(`the books say ${known}: the pass did more, or less, than it should`);
    const row = { mails, seconds, peakRss: bellhop.peakRss() };
    console.log(
      `no change in ${mails} mails: ${seconds.map((each) => each.toFixed(2)).join(', ')} s, peak RSS ${(row.peakRss / 1e6).toFixed(0)} MB`,
    );
    writeResults('no-change', row);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function* tinyMails(count: number): Generator<MailToStore> {
  for (let at = 0; at < count; at += 1) {
    const raw = Buffer.from(
      `From: a@fabrikam.example\r\nSubject: ${at}\r\nMessage-ID: <${at}@fabrikam.example>\r\n\r\nx\r\n`,
    );
    yield { folder: [FOLDER], raw, flags: ['\\Seen'], internalDate: new Date(1_700_000_000_000 + at * 1000) };
  }
}

interface Status {
  readonly uidValidity: string;
  readonly uidNext: number;
  readonly exists: number;
  readonly highestModseq: string;
}

async function statusOf(source: LocalDovecot, user: string): Promise<Status> {
  const text = await source.doveadm(
    'mailbox',
    'status',
    '-u',
    user,
    'messages uidnext uidvalidity highestmodseq',
    FOLDER,
  );
  const value = (name: string): string => new RegExp(`${name}=(\\d+)`).exec(text)?.[1] ?? '';
  return {
    uidValidity: value('uidvalidity'),
    uidNext: Number(value('uidnext')),
    exists: Number(value('messages')),
    highestModseq: value('highestmodseq'),
  };
}

async function fillLedger(
  folder: string,
  source: LocalDovecot,
  targetMailboxId: string,
  status: Status,
  mails: number,
): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const key = { targetMailboxId, sourceHost: `localhost:${source.port}`, login: 'u1' };
  await using ledger = await sqliteLedgers(folder, log).open(key, 1);
  for (let from = 1; from <= mails; from += CHUNK) {
    const entries = Array.from({ length: Math.min(CHUNK, mails - from + 1) }, (_, at): LedgerEntry => ({
      uid: from + at,
      state: 'copied',
      flags: 'S',
      size: 100,
      key: Buffer.alloc(16, from + at),
      targetId: `AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A${String(from + at).padStart(100, 'x')}`,
      run: 'f87fad9755f7e0ae4e69be286fed1fc4',
      at: 1,
    }));
    await ledger.record(FOLDER, status.uidValidity, entries);
  }
  await ledger.saveCheckpoint(FOLDER, { ...status, targetFolderId: 'large', complete: true });
}
