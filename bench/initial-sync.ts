import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillMailbox } from '../sandbox/source/fill-mailbox.ts';
import { generateMailbox } from '../sandbox/source/generate-mail.ts';
import { startLocalDovecot } from '../sandbox/source/local-dovecot.ts';
import { type Measurement, measureBellhop } from './measure-bellhop.ts';
import { PEERS, measurePeer } from './measure-peers.ts';
import { slowDisk } from './slow-disk.ts';
import { writeResults } from './results.ts';

/** COMPRESS=DEFLATE (RFC 4978), as many servers offer it: peers take it whatever the link, Bellhop does not. */
const COMPRESSING = {
  plugins: ['zlib'],
  extraConfig: 'protocol imap {\n  mail_plugins = zlib imap_zlib\n}\n',
} as const;

export interface InitialSyncOptions {
  readonly mails: number;
  readonly profile: 'real' | 'small';
  readonly compress: boolean;
  /** ms every fsync takes longer than on this machine's disk. */
  readonly sync: number;
  readonly peers: readonly string[];
}

/**
 * The first sync of one mailbox, side by side with the peers that are installed, on the same mail and machine, one after
 * the other. Limits are off.
 */
export async function benchInitialSync({
  mails: count,
  profile,
  compress,
  sync,
  peers,
}: InitialSyncOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const user = { name: 'u1', password: 'bench-not-a-real-password' };
  const results: Measurement[] = [];
  try {
    const slow = sync === 0 ? '' : slowDisk(directory, sync);
    const servers = {
      plugins: compress ? COMPRESSING.plugins : [],
      extraConfig: (compress ? COMPRESSING.extraConfig : '') + slow,
    };
    await using source = await startLocalDovecot({ directory: join(directory, 'source'), users: [user], ...servers });
    const mailbox = generateMailbox({ owner: 'u1@contoso.example', seed: 1, mails: count, profile, style: 'english' });
    const { mails, bytes } = await fillMailbox(source, user.name, mailbox.folders, mailbox.mails());
    console.log(`source: ${mails} mails, ${(bytes / 1e6).toFixed(0)} MB, ${cpus().length} cores`);
    // Once through, so that nobody pays for the server's first look at the files.
    await source.doveadm('search', '-u', user.name, 'mailbox', '*', 'all');
    results.push(await measureBellhop({ directory, source, user, servers, mails }));
    for (const peer of PEERS.filter((each) => peers.includes(each.name))) {
      const measured = await measurePeer(peer, { directory, source, user, servers });
      if (measured === undefined) console.log(`${peer.name}: not installed, left out`);
      else results.push(measured);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.log('\ntool        seconds   items/s     MB/s   peak RSS MB    CPU s');
  for (const { tool, seconds, items, bytes, peakRss, cpu } of results) {
    console.log(
      `${tool.padEnd(10)} ${seconds.toFixed(1).padStart(8)} ${(items / seconds).toFixed(0).padStart(9)} ${(bytes / 1e6 / seconds).toFixed(1).padStart(8)} ${(peakRss / 1e6).toFixed(0).padStart(13)} ${cpu.toFixed(1).padStart(8)}`,
    );
  }
  writeResults('initial-sync', results);
}
