import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { startBatch } from '../../src/engine/batches.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { redisText } from '../support/redis-text.ts';

const HEADER = 'EmailAddress,UserName,Password';
const OPERATOR = { id: 'cli:test', name: 'cli:test' };
const CANARY = 'canary-not-a-password';

let world: BotWorld;
let directory: string;

beforeAll(async () => {
  world = await startBotWorld();
  directory = await mkdtemp(join(tmpdir(), 'bellhop-import-'));
  await cli('add', 'endpoint', 'mail-hq', 'host=imap.example.com');
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await world[Symbol.asyncDispose]();
});

async function cli(...words: readonly string[]) {
  const said = { out: '', error: '' };
  const streams = {
    out: (text: string) => void (said.out += text),
    error: (text: string) => void (said.error += text),
  };
  return { code: await runCli(words, streams, world.opened.world, OPERATOR), ...said };
}

async function csvFile(name: string, ...rows: readonly string[]): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, [HEADER, ...rows, ''].join('\n'));
  return file;
}

function statusOf(address: string) {
  return world.opened.world.store.user(address as UserAddress).then((user) => user?.status);
}

describe('bellhop import', () => {
  test('refused rows lie beside the file, readable by their owner alone; mended, they are imported by themselves', async () => {
    const file = await csvFile('first.csv', `a@example.com,a,${CANARY}-a`, `nobody,b,${CANARY}-b`);

    const { code, out } = await cli('import', file, 'batch=first', 'endpoint=mail-hq', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ added: 1, badRows: `${file}.bad.csv`, problems: [{ row: 3 }] });
    expect(out).not.toContain(CANARY);
    expect((await stat(`${file}.bad.csv`)).mode & 0o777).toBe(0o600);
    const bad = await readFile(`${file}.bad.csv`, 'utf8');
    await writeFile(`${file}.bad.csv`, bad.replace('nobody', 'b@example.com'));
    const again = await cli('import', `${file}.bad.csv`, 'batch=first', 'endpoint=mail-hq', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ added: 1, badRows: null, problems: [] });
    expect(await redisText(world.opened.redis)).not.toContain(CANARY);
  });

  test('bad=<path> says where; what lay there is replaced, not written into', async () => {
    const file = await csvFile('second.csv', `nobody,b,${CANARY}`);
    const elsewhere = await csvFile('somebody-elses.txt');
    const bad = join(directory, 'with space.csv');
    await symlink(elsewhere, bad);

    const { code, out } = await cli('import', file, 'batch=second', 'endpoint=mail-hq', `bad=${bad}`);

    expect(code).toBe(1);
    expect(out).toContain(bad);
    expect(await readFile(bad, 'utf8')).toContain(CANARY);
    expect(await readFile(elsewhere, 'utf8')).not.toContain(CANARY);
  });

  test('the answer to many refused rows is the same JSON, said in pieces; so is their file', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => `nobody-${at},u${at},${CANARY}`);
    const file = await csvFile('many.csv', ...rows);
    const said: string[] = [];
    const streams = { out: (text: string) => void said.push(text), error: () => undefined };

    const words = ['import', file, 'batch=many', 'endpoint=mail-hq', '--json'];
    expect(await runCli(words, streams, world.opened.world, OPERATOR)).toBe(1);

    const answer = JSON.parse(said.join('\n')) as { readonly problems: readonly unknown[] };
    expect(said.length).toBeGreaterThan(5);
    expect(said.join('\n')).toBe(JSON.stringify(answer, undefined, 2));
    expect(answer.problems).toHaveLength(rows.length);
    const bad = (await readFile(`${file}.bad.csv`, 'utf8')).trimEnd().split('\r\n');
    expect(bad).toHaveLength(rows.length + 1);
    expect(bad.at(-1)).toContain(rows.at(-1));
  });

  test('a user of another batch is a refused row as well', async () => {
    const file = await csvFile('third.csv', 'a@example.com,a,p', 'c@example.com,c,p');

    const { out } = await cli('import', file, 'batch=third', 'endpoint=mail-hq', '--json');

    expect(JSON.parse(out)).toMatchObject({
      added: 1,
      problems: [{ code: 'UserDuplicateInOtherBatchException', row: 2 }],
    });
    expect(await readFile(`${file}.bad.csv`, 'utf8')).toContain('a@example.com,a,p');
  });

  test('a file nobody can write beside is said so, after the good rows went in', async () => {
    const file = await csvFile('fourth.csv', 'd@example.com,d,p', 'nobody,d,p');

    const { code, error } = await cli('import', file, 'batch=fourth', 'endpoint=mail-hq', 'bad=/nowhere/x.csv');

    expect(code).toBe(1);
    expect(error).toContain('good rows are imported');
    expect(await statusOf('d@example.com')).toBe('Validating');
  });
});

describe('a grown file', () => {
  test('adds who is new and leaves the others alone; only what differs is replaced', async () => {
    await cli('import', await csvFile('g1.csv', 'g1@example.com,g1,p', 'g2@example.com,g2,p'), 'batch=grown', 'endpoint=mail-hq'); // prettier-ignore

    const file = await csvFile('g2.csv', 'g1@example.com,g1,p', 'g2@example.com,g2,new', 'g3@example.com,g3,p');
    const { out } = await cli('import', file, 'batch=grown', 'endpoint=mail-hq', '--json');

    expect(JSON.parse(out)).toMatchObject({ added: 1, updated: 1, unchanged: 1, queued: 0 });
    expect(await world.opened.world.vault.get('g2@example.com' as UserAddress)).toBe('new');
    expect(await statusOf('g3@example.com')).toBe('Validating');
  });

  test('in a batch that runs the new users are queued at once, stopped ones stay stopped', async () => {
    const { world: engine } = world.opened;
    await startBatch(engine, 'grown' as BatchName, OPERATOR);
    await cli('stop', 'user', 'g1@example.com');

    const file = await csvFile('g3.csv', 'g1@example.com,g1,p', 'g4@example.com,g4,p');
    const { out } = await cli('import', file, 'batch=grown', 'endpoint=mail-hq');

    expect(out).toContain('1 new users sync now');
    expect(await statusOf('g4@example.com')).toBe('Queued');
    expect(await statusOf('g1@example.com')).toBe('Stopped');
  });

  test('a batch that ends takes nobody', async () => {
    const { world: engine } = world.opened;
    await engine.store.changeBatch('grown' as BatchName, (batch) => ({
      to: { ...batch, intent: 'Completed' },
      events: [],
    }));

    const file = await csvFile('g4.csv', 'g5@example.com,g5,p');
    const { code, error } = await cli('import', file, 'batch=grown', 'endpoint=mail-hq');

    expect(code).toBe(1);
    expect(error).toContain('ActionNotPossible');
    expect(await statusOf('g5@example.com')).toBeUndefined();
  });
});
