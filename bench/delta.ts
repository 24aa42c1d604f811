import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { editMailbox } from '../sandbox/source/edit-mailbox.ts';
import { fillMailbox } from '../sandbox/source/fill-mailbox.ts';
import { type LocalDovecot, startLocalDovecot } from '../sandbox/source/local-dovecot.ts';
import type { MailToStore } from '../sandbox/source/maildir-writer.ts';
import { type Course, openBellhop } from './measure-bellhop.ts';
import { PEERS, openPeer } from './measure-peers.ts';
import { writeResults } from './results.ts';

const NEW = 100;
const FLAGGED = 50;
const MOVED = 20;
const DELETED = 20;

/**
 * What one day changes in a large mailbox: 100 new mails, 50 flag changes, 20 moves and 20 deletions among 20,000. Each
 * tool has brought the mailbox over before; then a pass without changes and the pass with all of them are timed.
 */
export async function benchDelta(mails: number, peers: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const user = { name: 'u1', password: 'bench-not-a-real-password' };
  try {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(await startLocalDovecot({ directory: join(directory, 'source'), users: [user] }));
    await fillMailbox(source, user.name, [{ path: ['Archive'] }], smallMails(mails));
    const course: Course = { directory, source, servers: {}, user };
    const bellhop = stack.use(await openBellhop(course));
    console.log(`first sync of ${mails} mails: bellhop ${(await bellhop.firstSync(mails)).toFixed(1)} s`);
    const tools: { readonly name: string; readonly run: () => Promise<number>; readonly peakRss: () => number }[] = [
      { name: 'bellhop', run: () => bellhop.nextSync(), peakRss: () => bellhop.peakRss() },
    ];
    for (const peer of PEERS.filter((each) => peers.includes(each.name))) {
      const opened = await openPeer(peer, course);
      if (opened === undefined) console.log(`${peer.name}: not installed, left out`);
      else {
        stack.use(opened);
        const seconds = await opened.run();
        console.log(`first run: ${peer.name} ${seconds.toFixed(1)} s, ${(await opened.held()).items} mails`);
        tools.push({ name: peer.name, run: () => opened.run(), peakRss: () => opened.peakRss() });
      }
    }
    const idle = new Map<string, number>();
    for (const tool of tools) idle.set(tool.name, await tool.run());
    await changeMailbox(source, user);
    const rows: { tool: string; idleSeconds: number; deltaSeconds: number; peakRss: number }[] = [];
    for (const tool of tools) {
      const deltaSeconds = await tool.run();
      rows.push({ tool: tool.name, idleSeconds: idle.get(tool.name) ?? 0, deltaSeconds, peakRss: tool.peakRss() });
    }
    console.log('\ntool        no change s   delta s   peak RSS MB');
    for (const { tool, idleSeconds, deltaSeconds, peakRss } of rows)
      console.log(
        `${tool.padEnd(10)} ${idleSeconds.toFixed(2).padStart(12)} ${deltaSeconds.toFixed(2).padStart(9)} ${(peakRss / 1e6).toFixed(0).padStart(13)}`,
      );
    writeResults('delta', rows);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function* smallMails(count: number): Generator<MailToStore> {
  for (let at = 0; at < count; at += 1) yield smallMail(`mail-${at}`, at % 20 === 0 ? ['Sent'] : ['INBOX']);
}

function smallMail(name: string, folder: readonly string[]): MailToStore {
  const raw = `From: Ada Sample <ada@fabrikam.example>\r\nTo: u1@contoso.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@fabrikam.example>\r\nDate: Tue, 17 Oct 2023 21:43:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${'A line of text, as people write them.\r\n'.repeat(60)}`;
  return { folder, raw: Buffer.from(raw), flags: ['\\Seen'], internalDate: new Date('2023-10-17T21:43:00Z') };
}

async function changeMailbox(source: LocalDovecot, user: Course['user']): Promise<void> {
  await using mailbox = await editMailbox(source, user);
  const uids = await mailbox.uids(['INBOX']);
  const take = (share: number, count: number): readonly number[] => {
    const from = Math.floor(uids.length * share);
    return uids.slice(from, from + count);
  };
  for (let at = 0; at < NEW; at += 1) await mailbox.append(smallMail(`new-${at}`, at % 5 < 3 ? ['INBOX'] : ['Sent']));
  await mailbox.setFlags(['INBOX'], take(0.2, FLAGGED), ['\\Flagged']);
  await mailbox.move(['INBOX'], take(0.4, MOVED), ['Archive']);
  await mailbox.expunge(['INBOX'], take(0.6, DELETED));
}
