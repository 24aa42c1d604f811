import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { recordPage } from '../../src/cards/record-page.ts';
import { breakGlass, openApprovals, requestApproval } from '../../src/engine/approvals.ts';
import { closeOut } from '../../src/engine/close-out.ts';
import { glassOf } from '../../src/engine/domain/approval.ts';
import { checkPack } from '../../src/engine/domain/verify-pack.ts';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import { OPERATOR, address, batchName } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { verifyHere } from '../support/record-bench.ts';
import { waitUntil } from '../support/wait-until.ts';

const idOf = (name: string): string => SAMPLE_PEOPLE.find((each) => each.name === name)?.aadObjectId ?? '';
const REASON = 'the old server is failing';

let world: BotWorld;
let number = 0;

beforeAll(async () => {
  world = await startBotWorld(
    {
      BELLHOP_APPROVALS: '2',
      BELLHOP_OPERATORS: idOf('Operator A'),
      BELLHOP_APPROVERS: [idOf('Approver A'), idOf('Approver B')].join(','),
      BELLHOP_BREAK_GLASS: [idOf('Operator A'), idOf('Viewer A'), idOf('Guest A')].join(','),
      BELLHOP_TIME_SCALE: '1',
    },
    60_000,
    2,
  );
  await world.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => world[Symbol.asyncDispose]());

async function newBatch(): Promise<string> {
  number += 1;
  const name = `batch-${number}`;
  await world.ask(`create batch ${name} endpoint=mail-hq`, 'Operator A');
  const users = sampleUsers(name, 3).map((user) => ({ ...user, address: address(`${name}.${user.address}`) }));
  await world.opened.world.store.addUsers(users, [], OPERATOR);
  return name;
}

const said = async (text: string, person: string): Promise<string> =>
  JSON.stringify((await world.ask(text, person)).cards);

async function asked(by = 'Operator A'): Promise<string> {
  return /Approval ([0-9A-F]{6})/.exec(await said(`remove batch ${await newBatch()} sync=no`, by))?.[1] ?? '';
}

const isThere = async (): Promise<boolean> =>
  (await world.opened.world.store.batch(batchName(`batch-${number}`))) !== undefined;

async function chain(): Promise<readonly AuditEntry[]> {
  await world.opened.world.audit.catchUp();
  const lines = await Array.fromAsync(world.opened.world.audit.lines());
  return lines.map((line): AuditEntry => JSON.parse(line));
}

function announcements(id: string): readonly Message[] {
  return world.teams.conversations
    .flatMap((conversation) => world.teams.messages(conversation.id))
    .filter(({ cards }) => JSON.stringify(cards).includes(`Break-glass · approval ${id}`));
}

test('one named person decides alone, with a reason; everybody is told, once, in red, and the chain says so', async () => {
  await world.teams.say('Approver B', world.teams.chatOf('Approver B').id, 'approvals');
  const id = await asked();
  expect(await said(`break glass ${id}`, 'Viewer A')).toContain('a reason');

  const answer = await said(`break glass ${id} ${REASON}`, 'Viewer A');
  expect(answer).toContain('broke the glass and decided alone');
  expect(answer).toContain('One person decided alone, in an emergency; it was carried out.');

  expect(await isThere()).toBe(false);
  const told = await waitUntil(
    async () => announcements(id),
    (all) => all.length >= 3,
  );
  const places = [world.channel, world.teams.chatOf('Approver A').id, world.teams.chatOf('Approver B').id];
  expect(told.map(({ conversationId }) => conversationId).toSorted()).toEqual(places.toSorted());
  const inChannel = told.find(({ conversationId }) => conversationId === world.channel);
  const card = JSON.stringify(inChannel?.cards);
  expect(card).toContain('"style":"attention"');
  expect(card).toContain(REASON);
  expect(card).toContain('<at>Approver A</at>, <at>Approver B</at>');
  const entries = (await chain()).filter(({ details }) => details['approval'] === id);
  expect(entries.map(({ type, by }) => [type, by?.name])).toEqual([
    ['ApprovalRequested', 'Operator A'],
    ['ApprovalDecided', 'Viewer A'],
    ['GlassBroken', 'Viewer A'],
    ['ApprovalDone', undefined],
  ]);
  expect(entries[2]?.details).toMatchObject({ reason: REASON, text: expect.stringContaining('remove batch') });
});

test('nobody else can, an approver included; whoever may look may not break, nor may a guest who is named', async () => {
  const id = await asked();

  for (const person of ['Approver A', 'Guest A'])
    expect(await said(`break glass ${id} ${REASON}`, person)).toContain('break-glass');

  expect(await isThere()).toBe(true);
  // The role of emergencies lets look, and nothing else.
  expect(await said(`approvals ${id}`, 'Viewer A')).toContain(id);
  expect(await said(`approve ${id}`, 'Viewer A')).toContain('approver');
  expect(await said(`stop batch batch-${number}`, 'Viewer A')).toContain('operator');
  const refused = (await chain()).filter(({ type }) => type === 'CommandRefused');
  expect(refused.map(({ by, batch, details }) => [by?.name, batch, details['command'], details['code']])).toEqual([
    ['Approver A', `batch-${number}`, 'break glass', 'NotAllowed'],
    ['Guest A', `batch-${number}`, 'break glass', 'NotAllowed'],
    ['Viewer A', `batch-${number}`, 'approve', 'NotAllowed'],
    ['Viewer A', `batch-${number}`, 'stop batch', 'NotAllowed'],
  ]);
});

test('what changed since is not carried out either; it is told, and does not count', async () => {
  const id = await asked();
  const name = `batch-${number}`;
  const more = sampleUsers(name, 5).slice(3);
  await world.opened.world.store.addUsers(
    more.map((user) => ({ ...user, address: address(`${name}.${user.address}`) })),
    [],
    OPERATOR,
  );

  expect(await said(`break glass ${id} ${REASON}`, 'Viewer A')).toContain('The plan changed');

  expect(await isThere()).toBe(true);
  const told = await waitUntil(
    async () => announcements(id),
    (all) => all.length >= 3,
  );
  expect(JSON.stringify(told[0]?.cards)).toContain('nothing was done');
});

test('also what one asked for oneself; once a question is over it stays over; three times a day and no more', async () => {
  const own = await asked();
  expect(await said(`break glass ${own} ${REASON}`, 'Operator A')).toContain('broke the glass and decided alone');
  expect(await isThere()).toBe(false);
  expect(await said(`break glass ${own} ${REASON}`, 'Viewer A')).toContain('is done');
  await said(`break glass ${await asked()} ${REASON}`, 'Viewer A');

  const id = await asked();

  expect(await said(`break glass ${id} ${REASON}`, 'Viewer A')).toContain('3 times in the last day');
  expect(await isThere()).toBe(true);
});

test('it stands in the record of the batch, and neither the pack nor the page can keep it quiet', async () => {
  const { world: engine } = world.opened;
  const batch = batchName(await newBatch());
  const plan = { text: 'verify nothing', title: 'Remove batch', count: 3, of: 'users', sample: [], batch } as const;
  const { id } = await requestApproval(engine, plan, OPERATOR);
  // What came to nothing does not count: there is room once more.
  const done = (await engine.store.approvals()).find((each) => each.state === 'done' && glassOf(each) !== undefined);
  await engine.store.changeApproval(done?.id ?? '', (each) => ({ to: { ...each, state: 'void' }, events: [] }));
  await breakGlass(engine, id, REASON, { id: 'keyholder', name: 'Keyholder A' });
  let page = '';

  const { folder } = await closeOut(engine, batch, (report) => (page = recordPage(report)), OPERATOR);

  expect(page).toContain('Keyholder A broke the glass and decided alone');
  expect((await verifyHere(folder)).code).toBe(0);
  const pack = readFileSync(join(folder, 'pack.json'), 'utf8').replace('"breakGlass": true', '"breakGlass": false');
  const lines = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n');
  const entries = lines
    .map((line): AuditEntry => JSON.parse(line))
    .filter(({ details }) => details?.['approval'] === id);
  expect(checkPack(Buffer.from(pack), batch, entries).problems.map(({ text }) => text)).toEqual([
    'the pack and the audit chain do not agree on whether Keyholder A broke the glass',
  ]);
});

test('a flood of refused commands is a few entries, and the number of the rest', async () => {
  const before = (await chain()).length;
  const { world: engine } = world.opened;
  const plan = { text: 'remove batch flood', title: 'Remove batch', count: 1, of: 'users', sample: [] } as const;
  const { id } = await requestApproval(engine, plan, OPERATOR);
  for (let at = 0; at < 25; at += 1)
    await world.teams.say('Approver B', world.channel, `@Bellhop break glass ${id} x${at}`);
  await world.teams.say('Operator A', world.channel, `@Bellhop approve ${id}`);

  const entries = await waitUntil(
    async () => (await chain()).slice(before).filter(({ type }) => type === 'CommandRefused'),
    (all) => all.some(({ by }) => by?.name === 'Operator A'),
  );

  expect(entries.filter(({ by }) => by?.name === 'Approver B')).toHaveLength(5);
  expect(entries.at(-1)?.details).toMatchObject({ command: 'approve', code: 'NotAllowed', leftOut: 20 });
  expect((await openApprovals(engine)).map(({ identity }) => identity)).toContain(id);
});
