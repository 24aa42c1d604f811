import { readFileSync } from 'node:fs';
import { type BellhopProcess } from '../sandbox/bellhop-process.ts';
import { type SandboxWorld, startSandbox } from '../sandbox/world.ts';
import type { BatchView } from '../src/engine/views.ts';
import { writeResults } from './results.ts';

const MAILBOXES = 20;
const WORKERS = 2;
const EVERY = 250;

export interface WorkersOptions {
  /** Mails of each mailbox. */
  readonly mails: number;
  /** ms every answer of the target takes. */
  readonly latency: number;
}

interface Run {
  readonly mailboxes: number;
  readonly workers: number;
  readonly itemsPerSecond: number;
  /** Bytes both workers held, at most, in the first and in the second half of the run. */
  readonly firstHalf: number;
  readonly secondHalf: number;
}

/** One mailbox with one worker, then twenty at once with two, limits off: what more mailboxes and a second process bring. */
export async function benchWorkers({ mails, latency }: WorkersOptions): Promise<void> {
  const one = await measure(1, 1, mails * 4, latency);
  const many = await measure(MAILBOXES, WORKERS, mails, latency);
  const ratio = many.itemsPerSecond / one.itemsPerSecond;
  console.log(`every answer of the target takes ${latency} ms more than it would`);
  console.log('mailboxes  workers  items/s  MB, first half  MB, second half');
  for (const run of [one, many])
    console.log(
      `${String(run.mailboxes).padStart(9)} ${String(run.workers).padStart(8)} ${run.itemsPerSecond.toFixed(0).padStart(8)} ${(run.firstHalf / 1e6).toFixed(0).padStart(15)} ${(run.secondHalf / 1e6).toFixed(0).padStart(16)}`,
    );
  console.log(`${ratio.toFixed(2)} times the rate of one mailbox`);
  writeResults(`workers-${latency}`, { latency, one, many, ratio });
}

async function measure(mailboxes: number, workers: number, mails: number, latency: number): Promise<Run> {
  const users = Array.from({ length: mailboxes }, (_, at) => ({ name: `user${at + 1}`, mails }));
  const environment = { BELLHOP_CONCURRENCY: String(Math.ceil(mailboxes / workers)) };
  await using world = await startSandbox({ users, timeScale: 1, throttling: false, latency, environment });
  const running = await Promise.all(Array.from({ length: workers }, () => world.startBellhop('worker')));
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`, `initial=${mailboxes}`); // prettier-ignore
  await world.bellhop('import', world.csvFile, 'batch=many', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'many');
  const seen: { readonly items: number; readonly at: number; readonly memory: number }[] = [];
  const all = mailboxes * mails;
  do {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    seen.push({ items: itemsIn(world), at: performance.now(), memory: memoryOf(running) });
  } while ((seen.at(-1)?.items ?? 0) < all);
  await synced(world);
  // Beginning and end are left out: mailboxes are opened there, and closed.
  const middle = seen.filter(({ items }) => items > all * 0.05 && items < all * 0.95);
  const [from, to] = [middle[0], middle.at(-1)];
  const seconds = ((to?.at ?? 0) - (from?.at ?? 0)) / 1000;
  const half = Math.floor(middle.length / 2);
  const most = (part: typeof middle): number => Math.max(...part.map(({ memory }) => memory));
  return {
    mailboxes,
    workers,
    itemsPerSecond: ((to?.items ?? 0) - (from?.items ?? 0)) / seconds,
    firstHalf: most(middle.slice(0, half)),
    secondHalf: most(middle.slice(half)),
  };
}

function itemsIn(world: SandboxWorld): number {
  return world.exchange.mailboxes.users
    .flatMap(({ address }) => world.exchange.mailboxes.folders(address))
    .reduce((sum, folder) => sum + folder.items.length, 0);
}

function memoryOf(running: readonly BellhopProcess[]): number {
  return running.reduce((sum, { child }) => {
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
    return sum + Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }, 0);
}

async function synced(world: SandboxWorld): Promise<void> {
  for (;;) {
    const { out, error } = await world.bellhop('status', 'many', '--json');
    if (out === '') throw new Error(error);
    const batch = JSON.parse(out) as BatchView;
    if (batch.failedCount > 0) throw new Error('A mailbox failed.');
    if (batch.syncedCount === batch.totalCount) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
