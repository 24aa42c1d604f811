import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import type { CloseOut } from '../../src/engine/domain/close-out.ts';
import type { ExportView } from '../../src/engine/views.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { verifyAlone, verifyIndependently } from '../support/sample-record.ts';

const USER = addressOf('info');
let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 25 }] });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Says something in the channel; answers the text of the first reply that fits. */
async function chat(who: string, text: string, fits: (text: string) => boolean = () => true): Promise<string> {
  const channel = world.teams.channel('Mail migration').id;
  const asked = await world.teams.say(who, channel, `@Bellhop ${text}`);
  const found = await world.teams.waitFor(
    (message) => message.rootId === asked.id && message.author.kind === 'bot' && fits(textOf(message)),
    60_000,
  );
  return textOf(found);
}

function textOf(message: { readonly cards: readonly unknown[] }): string {
  return JSON.stringify(message.cards).replaceAll('\u200b', '');
}

const idOf = (name: string): string | undefined => SAMPLE_PEOPLE.find((person) => person.name === name)?.aadObjectId;

test('a whole migration by two people over two processes, one of them killed: who did what is in the record, once', async () => {
  await world.startBellhop('bot', { BELLHOP_APPROVALS: '1' });
  const worker = await world.startBellhop('worker');
  await chat('operator-a', `add endpoint sandbox host=localhost port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await chat('operator-a', 'start batch demo');
  await worker.stop('SIGKILL');
  await world.startBellhop('worker');
  await userWhen(world, 'info', 'Synced');
  await chat('operator-a', `verify ${USER}`, (text) => text.includes('SHA-256'));
  const [, id = ''] = /Approval ([0-9A-F]{6})/.exec(await chat('operator-a', 'complete batch demo')) ?? [];
  await chat('approver-a', `approve ${id}`, (text) => text.includes('Approved and done'));
  await userWhen(world, 'info', 'Completed');

  const card = await chat('operator-a', 'export demo', (text) => text.includes('signed'));

  const view = await viewOf<ExportView>(world, 'export', 'demo');
  expect(card).toContain(view.fingerprint);
  expect(await verifyAlone(view.archive.file, `key=${view.fingerprint}`)).toMatchObject({ code: 0 });
  expect(await verifyIndependently(view.folder, view.fingerprint)).toMatchObject({ code: 0 });
  const pack = JSON.parse(readFileSync(join(view.folder, 'pack.json'), 'utf8')) as CloseOut;
  expect(pack.openItems).toEqual([]);
  expect(pack.users).toMatchObject([{ status: 'Completed', verification: { verdict: 'equal' } }]);
  expect(pack.speeds).toMatchObject({ firstSyncMessages: 25 });
  const [operator, approver] = [idOf('Operator A'), idOf('Approver A')];
  const lines = readFileSync(join(view.folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
  expect(entries.map(({ type, by }) => [type, by?.id ?? null])).toEqual([
    ['EndpointAdded', operator],
    ['BatchCreated', expect.stringMatching(/^cli:/)],
    ['UsersAdded', expect.stringMatching(/^cli:/)],
    ['BatchStarted', operator],
    ['VerifyRequested', operator],
    ['Verified', null],
    ['ApprovalRequested', operator],
    ['ApprovalDecided', approver],
    ['BatchCompleting', operator],
    ['ApprovalDone', null],
    ['UserCompleted', null],
    ['BatchExported', operator],
  ]);
});

test('the same chain lies as files beside it', async () => {
  const folder = join(world.environment['BELLHOP_DATA'] ?? '', 'audit');
  await expect.poll(() => readdirSync(folder).includes('head.json'), { timeout: 20_000 }).toBe(true);

  const { out, code } = await verifyAlone(folder);

  expect(out).toContain('UNCHANGED: the audit chain.');
  expect(code).toBe(0);
});
