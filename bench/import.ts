import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { stopRedisOf } from '../sandbox/stop-redis.ts';
import { writeResults } from './results.ts';

/** As `npm run bellhop` sets it. */
const LITTLE_MEMORY = { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_ARENA_MAX: '2' };

const root = new URL('..', import.meta.url).pathname;

/**
 * `bellhop import` of a CSV as an operator runs it: a process of its own, from its start to its end, with every row checked and stored, and every
 * password sealed. Measured three times: a new file, the same file again, and a file of which every second row is refused.
 */
export async function benchImport(rows: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const env = { ...process.env, BELLHOP_SANDBOX: '1', BELLHOP_DATA: join(directory, 'data'), ...LITTLE_MEMORY };
  try {
    // The embedded Redis starts with the first command, as a running Bellhop has it.
    await bellhop(['add', 'endpoint', 'bench', 'host=imap.example.com'], env, directory);
    const results = [];
    for (const [name, batch, refused] of [
      ['new', 'whole', false],
      ['again', 'whole', false],
      ['half refused', 'half', true],
    ] as const) {
      const file = join(directory, `${batch}.csv`);
      await writeCsv(file, rows, batch, refused);
      const before = await redisBytes(directory);
      const run = await bellhop(['import', file, `batch=${batch}`, 'endpoint=bench', '--json'], env, directory);
      const { added, unchanged, problems } = JSON.parse(run.output) as ImportAnswer;
      const expected = refused ? rows / 2 : rows;
      if ((name === 'again' ? unchanged : added) !== expected || problems.length !== rows - expected)
        throw new Error(`${name}: ${added} added, ${unchanged} unchanged, ${problems.length} problems`);
      const bytesPerUser = name === 'new' ? Math.round(((await redisBytes(directory)) - before) / rows) : null;
      const row = { name, rows, fileBytes: statSync(file).size, seconds: run.seconds, peakRss: run.peakRss, bytesPerUser }; // prettier-ignore
      results.push(row);
      console.log(
        `${name}: ${rows} rows, ${(row.fileBytes / 1e6).toFixed(1)} MB, ${row.seconds.toFixed(2)} s, peak RSS ${(row.peakRss / 1e6).toFixed(0)} MB` +
          (bytesPerUser === null ? '' : `, ${bytesPerUser} bytes a user in Redis`),
      );
    }
    writeResults('import', results);
  } finally {
    stopRedisOf(join(directory, 'data'));
    rmSync(directory, { recursive: true, force: true });
  }
}

interface ImportAnswer {
  readonly added: number;
  readonly unchanged: number;
  readonly problems: readonly unknown[];
}

async function writeCsv(file: string, rows: number, batch: string, everySecondBad: boolean): Promise<void> {
  const out = createWriteStream(file);
  out.write('EmailAddress,UserName,Password\r\n');
  for (let at = 0; at < rows; at += 1) {
    const name = `${batch}.user-${at}`;
    // About 190 bytes a row: 50,000 of them nearly fill the 10 MB a CSV may have. Passwords come with everything a CSV has to quote.
    const password = `"bench-""not"",a;real\tpassword-${createHash('sha256').update(name).digest('hex')}"`;
    const address = everySecondBad && at % 2 === 1 ? name : `${name}@contoso.example`;
    if (!out.write(`${address},${name}@mail.fabrikam.example,${password}\r\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function bellhop(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<{ readonly seconds: number; readonly peakRss: number; readonly output: string }> {
  const report = join(directory, 'time');
  const begin = performance.now();
  const child = spawn(
    '/usr/bin/time',
    ['-o', report, '-f', '%M', process.execPath, '--max-semi-space-size=8', join(root, 'bin/bellhop.mjs'), ...words],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`bellhop ${words[0] ?? ''} ended with ${code ?? 'a signal'}`);
  const seconds = (performance.now() - begin) / 1000;
  const peakRss = Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) * 1024;
  return { seconds, peakRss, output: Buffer.concat(pieces).toString() };
}

async function redisBytes(directory: string): Promise<number> {
  const redis = new Redis(join(directory, 'data', 'redis', 'redis.sock'));
  try {
    return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  } finally {
    redis.disconnect();
  }
}
