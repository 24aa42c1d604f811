import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExchangeControl, controlLocalExchange } from '../sandbox/exchange/control-client.ts';
import { stopRedisOf } from '../sandbox/stop-redis.ts';
import { cpuOf } from './cpu.ts';
import type { LocalDovecot, LocalDovecotOptions } from '../sandbox/source/local-dovecot.ts';

/** One row of the table. Bytes are those of the mail moved; peak RSS is that of the tool's largest process, in bytes. */
export interface Measurement {
  readonly tool: string;
  readonly seconds: number;
  readonly items: number;
  readonly bytes: number;
  readonly peakRss: number;
  /** Seconds of CPU the tool took, without its servers. */
  readonly cpu: number;
}

export interface Course {
  readonly directory: string;
  readonly source: LocalDovecot;
  /** Settings of source and target servers. */
  readonly servers: Partial<LocalDovecotOptions>;
  readonly user: { readonly name: string; readonly password: string };
  /** Exchange's limits and how far it is; without them it has none and is next door. */
  readonly limits?: { readonly timeScale: number; readonly latency: number };
}

const root = new URL('..', import.meta.url).pathname;

const LAST_SYNCED = 'bellhop_last_synced_timestamp_seconds';

interface Story {
  readonly events: readonly { readonly type: string; readonly at: number }[];
}

/** A Bellhop worker with one mailbox before it and a local Exchange Online behind it, each a process of its own. */
export interface BellhopRun extends AsyncDisposable {
  /** Starts the batch; resolves with the seconds until the mailbox is synced with so many messages copied. */
  firstSync(mails: number): Promise<number>;
  /** Asks for a sync; resolves with the seconds it took, as Bellhop's own event log has them. */
  nextSync(): Promise<number>;
  /** Value of a metric. */
  metric(name: string): Promise<number>;
  /** Object id of the target mailbox. */
  readonly mailboxId: string;
  readonly exchange: ExchangeControl;
  /** Bytes the worker held at most. */
  peakRss(): number;
  /** Seconds of CPU since their start, of the worker and of the local Exchange. */
  cpu(): { readonly worker: number; readonly exchange: number };
}

export async function openBellhop({ directory, source, user, limits }: Course): Promise<BellhopRun> {
  await using opened = new AsyncDisposableStack();
  const data = join(directory, 'bellhop');
  const exchange = spawn(
    process.execPath,
    [
      join(root, 'sandbox/exchange/main.ts'),
      ...['--directory', join(directory, 'exchange')],
      ...['--throttling', limits === undefined ? 'off' : 'on'],
      ...['--time-scale', String(limits?.timeScale ?? 1)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  opened.defer(() => ended(exchange));
  const access = JSON.parse(await firstLine(exchange, /\n/)) as Readonly<Record<string, string>>;
  const control = controlLocalExchange(access['graphUrl'] ?? '', access['caFile'] ?? '');
  await control.setSwitches({ latency: limits?.latency ?? 0 });
  const { id: mailboxId } = await control.addMailbox({ address: 'u1@contoso.example', displayName: 'u1' });
  writeFileSync(
    join(directory, 'ca.pem'),
    readFileSync(source.caFile, 'utf8') + readFileSync(access['caFile'] ?? '', 'utf8'),
  );
  writeFileSync(
    join(directory, 'users.csv'),
    `EmailAddress,UserName,Password\nu1@contoso.example,${user.name},${user.password}\n`,
  );
  const env = {
    ...process.env,
    // As `npm start` sets it.
    MALLOC_MMAP_THRESHOLD_: '65536',
    MALLOC_ARENA_MAX: '2',
    NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
    BELLHOP_SANDBOX: '1',
    BELLHOP_THROTTLE: limits === undefined ? 'off' : 'on',
    BELLHOP_TIME_SCALE: String(limits?.timeScale ?? 1),
    BELLHOP_DATA: data,
    BELLHOP_ALLOW_HOSTS: 'localhost',
    BELLHOP_ROLES: 'worker',
    BELLHOP_MAX_ITEM_SIZE: '157286400',
    PORT: '0',
    GRAPH_URL: access['graphUrl'],
    AZURE_AUTHORITY_HOST: access['authorityHost'],
    AZURE_TENANT_ID: access['tenantId'],
    AZURE_CLIENT_ID: access['clientId'],
    AZURE_CLIENT_SECRET: access['clientSecret'],
  };
  const worker = spawn(process.execPath, ['--max-semi-space-size=8', join(root, 'bin/bellhop.mjs'), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.defer(async () => {
    await ended(worker);
    stopRedisOf(data);
  });
  const port = /"port":(\d+)/.exec(await firstLine(worker, /"port":\d+/))?.[1] ?? '';
  for (const words of [
    ['add', 'endpoint', 'bench', 'host=localhost', `port=${source.port}`, 'security=none'],
    ['import', join(directory, 'users.csv'), 'batch=bench', 'endpoint=bench'],
  ])
    await command(words, env);
  const close = opened.move();
  return {
    async firstSync(mails) {
      await command(['start', 'batch', 'bench'], env);
      const begin = performance.now();
      await untilCopied(port, mails);
      return (performance.now() - begin) / 1000;
    },
    async nextSync() {
      const before = await metric(port, LAST_SYNCED);
      await command(['sync', 'now', 'u1@contoso.example'], env);
      while ((await metric(port, LAST_SYNCED)) === before) await new Promise((resolve) => setTimeout(resolve, 50));
      const { events } = JSON.parse(await command(['why', 'u1@contoso.example', '--json'], env)) as Story;
      const at = (type: string): number => events.findLast((event) => event.type === type)?.at ?? Number.NaN;
      return (at('UserSynced') - at('UserSyncStarted')) / 1000;
    },
    mailboxId,
    exchange: control,
    metric: (name) => metric(port, name),
    peakRss: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker.pid ?? 0}/status`, 'utf8'))?.[1]) * 1024,
    cpu: () => ({ worker: cpuOf(worker.pid ?? 0), exchange: cpuOf(exchange.pid ?? 0) }),
    [Symbol.asyncDispose]: () => close.disposeAsync(),
  };
}

/** First sync of a mailbox. */
export async function measureBellhop(course: Course & { readonly mails: number }): Promise<Measurement> {
  await using bellhop = await openBellhop(course);
  const before = bellhop.cpu();
  const seconds = await bellhop.firstSync(course.mails);
  const after = bellhop.cpu();
  console.log(`the local Exchange took ${(after.exchange - before.exchange).toFixed(1)} s of CPU for it`);
  const bytes = await bellhop.metric('bellhop_transferred_bytes');
  const cpu = after.worker - before.worker;
  return { tool: 'bellhop', seconds, items: course.mails, bytes, peakRss: bellhop.peakRss(), cpu };
}

// One look at the metrics a round: the worker that is measured answers it.
async function untilCopied(port: string, mails: number): Promise<void> {
  for (;;) {
    const metrics = await scrape(port);
    if (
      valueOf(metrics, 'bellhop_users{batch="bench",state="synced"}') === 1 &&
      valueOf(metrics, 'bellhop_items{batch="bench",column="copied"}') === mails
    )
      return;
    if (valueOf(metrics, 'bellhop_users{batch="bench",state="failed"}') === 1) throw new Error('The sync failed.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function metric(port: string, name: string): Promise<number> {
  return valueOf(await scrape(port), name);
}

async function scrape(port: string): Promise<readonly string[]> {
  return (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).split('\n');
}

function valueOf(metrics: readonly string[], name: string): number {
  const line = metrics.find((each) => each.startsWith(name));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

function command(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin/bellhop.mjs'), ...words], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('close', (code) =>
      code === 0 ? resolve(Buffer.concat(pieces).toString()) : reject(new Error(`bellhop ${words.join(' ')}`)),
    );
  });
}

function firstLine(child: ChildProcess, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (until.test(text)) resolve(text);
    });
    child.once('exit', () => reject(new Error(`ended early: ${text}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await over;
}
