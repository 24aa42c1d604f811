import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../sandbox/source/free-port.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { BatchView } from '../../src/engine/views.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const HEADER = 'EmailAddress,UserName,Password';
const NAMES = ['first', 'second', 'third'] as const;

let world: SandboxWorld;
let drop: string;

beforeAll(async () => {
  // Made for its owner alone.
  drop = mkdtempSync(join(tmpdir(), 'bellhop-drop-'));
  const port = String(await freePort());
  world = await startSandbox({
    users: NAMES.map((name) => ({ name, mails: 10 })),
    environment: { PORT: port, BELLHOP_PUBLIC_URL: `http://127.0.0.1:${port}`, BELLHOP_DROP: drop },
  });
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(drop, { recursive: true, force: true });
});

function rowOf(name: string): string {
  return `${addressOf(name)},${name},${passwordOf(name)}`;
}

function put(name: string, text: string): void {
  // As a careful program does: under another name first.
  writeFileSync(join(drop, `${name}.part`), text);
  renameSync(join(drop, `${name}.part`), join(drop, name));
}

const putAway = (ending: string): readonly string[] =>
  readdirSync(drop, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.startsWith('done') && name.endsWith(ending),
  );

test('users come by the upload page, by the drop folder and by a grown file; in a batch that runs they sync by themselves', async () => {
  const { url } = await viewOf<{ readonly url: string }>(world, 'add', 'users', 'demo', 'endpoint=sandbox');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: `${HEADER}\n${rowOf('first')}\n`,
  });
  expect(await answer.json()).toMatchObject({ tone: 'done', open: false });
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'first', 'Synced');

  put('demo@sandbox.csv', `${HEADER}\n${rowOf('first')}\n${rowOf('second')}\nnobody,x,x-not-a-real-password\n`);
  await waitUntil(
    async () => putAway('.csv'),
    (names) => names.some((name) => !name.endsWith('.bad.csv')),
  );
  await userWhen(world, 'second', 'Synced');

  const file = join(world.directory, 'grown.csv');
  writeFileSync(file, `${HEADER}\n${NAMES.map(rowOf).join('\n')}\n`);
  const { out } = await world.bellhop('import', file, 'batch=demo', 'endpoint=sandbox');
  expect(out).toContain('1 added, 0 updated, 2 unchanged');
  const third = await userWhen(world, 'third', 'Synced');

  expect(third.items).toMatchObject({ source: 10, copied: 10 });
  expect(await viewOf<BatchView>(world, 'status', 'demo')).toMatchObject({ totalCount: 3 });
});

test('the dropped file lies in done/ with what became of it', () => {
  const [report = ''] = putAway('.report.txt');
  expect(readFileSync(join(drop, report), 'utf8')).toContain('1 added, 0 updated, 1 unchanged. Problems: 1');
  expect(putAway('.bad.csv')).toHaveLength(1);
});

test('no password is in any file Bellhop wrote but in the refused rows', () => {
  const stored = world.readEverythingStored();

  for (const name of [...NAMES, 'x']) expect(stored).not.toContain(passwordOf(name));
});
