import { editMailbox } from '../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../sandbox/world.ts';
import type { BatchView } from '../src/engine/views.ts';
import { writeResults } from './results.ts';

const CHANGES = 20;
const LONGEST = 120_000;

/**
 * What a change takes from source to target in a live batch, at the pace of production (no time scale): mails are stored by
 * IMAP in one mailbox of many, by turns in its inbox and in another folder, and looked for in the local Exchange.
 */
export async function benchLive(users: number): Promise<void> {
  const names = Array.from({ length: users }, (_, at) => `user${at + 1}`);
  await using world = await startSandbox({
    users: names.map((name) => ({ name, mails: 5, style: 'tiny' as const })),
    timeScale: 1,
    throttling: false,
  });
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('create', 'batch', 'live', 'endpoint=sandbox', 'every=live');
  await world.bellhop('import', world.csvFile, 'batch=live', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'live');
  await statusWhen(world, (batch) => batch.syncedCount === users && batch.live?.userCount === users);
  await new Promise((resolve) => setTimeout(resolve, 45_000));

  const inbox: number[] = [];
  const other: number[] = [];
  for (let at = 0; at < CHANGES; at += 1) {
    const name = names[(at * 7) % names.length] ?? 'user1';
    await using mailbox = await editMailbox(world.source, { name, password: passwordOf(name) });
    const folder = at % 2 === 0 ? ['INBOX'] : ['Projects'];
    const subject = `live-${at}`;
    const raw = Buffer.from(
      `From: a@fabrikam.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x.example>\r\n\r\nx\r\n`,
    );
    await mailbox.append({ folder, raw, flags: [], internalDate: new Date() });
    const from = performance.now();
    while (!isThere(world, name, subject) && performance.now() - from < LONGEST)
      await new Promise((resolve) => setTimeout(resolve, 20));
    (at % 2 === 0 ? inbox : other).push((performance.now() - from) / 1000);
  }
  const told = await statusWhen(world, () => true);
  const rows = { users, inbox: figures(inbox), otherFolders: figures(other), told: told.live?.lagSeconds ?? null };
  console.log(`${users} live users, ${CHANGES} new mails, seconds from APPEND to the item in Exchange`);
  console.log(`inbox          median ${rows.inbox.median.toFixed(1)}  worst ${rows.inbox.worst.toFixed(1)}`);
  console.log(
    `other folders  median ${rows.otherFolders.median.toFixed(1)}  worst ${rows.otherFolders.worst.toFixed(1)}`,
  );
  console.log(`Bellhop itself says: within ${String(rows.told)} s`);
  writeResults('live', rows);
}

function isThere(world: SandboxWorld, name: string, subject: string): boolean {
  return world.exchange.mailboxes
    .folders(addressOf(name))
    .some((folder) => folder.items.some((item) => item.subject === subject));
}

function figures(seconds: readonly number[]): { readonly median: number; readonly worst: number } {
  const sorted = [...seconds].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}

async function statusWhen(world: SandboxWorld, fits: (batch: BatchView) => boolean): Promise<BatchView> {
  for (;;) {
    const { out, error } = await world.bellhop('status', 'live', '--json');
    if (out === '') throw new Error(error);
    const batch = JSON.parse(out) as BatchView;
    if (fits(batch)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
