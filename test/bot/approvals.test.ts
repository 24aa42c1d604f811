import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { parseCommand, runCommand } from '../../src/bot/commands/parse.ts';
import { ENGLISH } from '../../src/cards/locale.ts';
import { readConfig } from '../../src/config.ts';
import { openBot } from '../../src/open-bot.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import { approvalDone, decideApproval, openApprovals, requestApproval } from '../../src/engine/approvals.ts';
import { type BatchName, parseBatchName } from '../../src/engine/domain/ids.ts';
import { OPERATOR, address } from '../contracts/sample-records.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const holding = (role: string): string =>
  SAMPLE_PEOPLE.filter((person) => person.role === role)
    .map((person) => person.aadObjectId)
    .join(',');

let world: BotWorld;

beforeAll(async () => {
  world = await startBotWorld({
    BELLHOP_APPROVALS: '1',
    BELLHOP_VIEWERS: holding('viewer'),
    BELLHOP_OPERATORS: holding('operator'),
    BELLHOP_APPROVERS: holding('approver'),
  });
  await world.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => world[Symbol.asyncDispose]());

function named(text: string): BatchName {
  const name = parseBatchName(text);
  if (name === undefined) throw new Error('a name is one');
  return name;
}

async function newBatch(name: string, users = 3): Promise<BatchName> {
  await world.ask(`create batch ${name} endpoint=mail-hq`, 'Operator A');
  await world.opened.world.store.addUsers(usersOf(name, users), [], OPERATOR);
  return named(name);
}

// An address is in one batch at a time.
function usersOf(batch: string, total: number) {
  return sampleUsers(batch, total).map((user) => ({ ...user, address: address(`${batch}.${user.address}`) }));
}

async function said(text: string, person: string): Promise<string> {
  return JSON.stringify((await world.ask(text, person)).cards);
}

async function requested(text: string): Promise<string> {
  const answer = await said(text, 'Operator A');
  return /Approval ([0-9A-F]{6})/.exec(answer)?.[1] ?? answer;
}

const batchIsThere = async (name: BatchName): Promise<boolean> =>
  (await world.opened.world.store.batch(name)) !== undefined;

test('a command that cannot be taken back is asked about first, and carried out when another person agrees', async () => {
  const batch = await newBatch('one');
  const id = await requested('remove batch one sync=no');
  expect(await batchIsThere(batch)).toBe(true);

  const answer = await said(`approve ${id}`, 'Approver A');

  expect(answer).toContain('Approved and done');
  expect(await batchIsThere(batch)).toBe(false);
  // The card that asked says so as well, for everybody and for good.
  await world.teams.waitFor(
    (message) => message.editedAt !== undefined && JSON.stringify(message.cards).includes(`Approval ${id}`),
    20_000,
  );
});

test('who may not: the requester, an operator, a viewer', async () => {
  const batch = await newBatch('two');
  const id = await requested('remove batch two sync=no');
  const own = /Approval ([0-9A-F]{6})/.exec(await said('remove batch two sync=yes', 'Approver A'))?.[1] ?? '';

  expect(await said(`approve ${own}`, 'Approver A')).toContain('another person has to decide');
  expect(await said(`approve ${id}`, 'Operator A')).toContain('approver');
  expect(await said(`approve ${id}`, 'Viewer A')).toContain('approver');
  expect(await said('approve 000000', 'Approver A')).toContain('There is no approval');
  expect(await said(`reject ${id}`, 'Approver A')).toContain('a reason');
  expect(await batchIsThere(batch)).toBe(true);
});

test('a rejection needs a reason, which stays on the card; after it nothing is carried out', async () => {
  const batch = await newBatch('three');
  const id = await requested('remove batch three sync=no');

  expect(await said(`reject ${id} not before Monday, please`, 'Approver B')).toContain('not before Monday, please');

  expect(await said(`approve ${id}`, 'Approver A')).toContain('is rejected');
  expect(await batchIsThere(batch)).toBe(true);
});

test('a plan that changed voids the approval: the new plan is asked about, nothing is done', async () => {
  const batch = await newBatch('four', 3);
  const id = await requested('remove batch four sync=no');
  const more = usersOf('four', 5).slice(3);
  await world.opened.world.store.addUsers(more, [], OPERATOR);

  const answer = await said(`approve ${id}`, 'Approver A');

  expect(answer).toContain('The plan changed');
  expect(await batchIsThere(batch)).toBe(true);
  const next = (await openApprovals(world.opened.world)).find((each) => each.plan.text.includes('four'));
  expect(next?.plan.count).toBe(5);
  expect(await said(`approve ${next?.identity ?? ''}`, 'Approver A')).toContain('Approved and done');
  expect(await batchIsThere(batch)).toBe(false);
});

test('a hundred people who click at once have one effect', async () => {
  const { world: engine } = opened();
  const plan = { text: 'remove batch five', title: 'Remove batch', count: 1, of: 'users', sample: [] } as const;
  const { id } = await requestApproval(engine, plan, { id: 'operator', name: 'Operator A' });

  const clicks = await Promise.allSettled(
    Array.from({ length: 100 }, (_, at) =>
      decideApproval(engine, id, { verdict: 'approved' }, { id: `person-${at}`, name: `Person ${at}` }),
    ),
  );

  const counted = clicks.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(counted.filter((each) => each.apply)).toHaveLength(1);
  expect(counted).toHaveLength(1);
  expect((await approvalDone(engine, id)).decisions).toHaveLength(1);
});

test('an approver who loses the role in the middle: their word does not count any more, and it is seen', async () => {
  const { world: engine } = opened();
  const plan = {
    text: 'remove batch seven sync=no',
    title: 'Remove batch',
    count: 3,
    of: 'users',
    sample: [],
  } as const;
  const batch = await newBatch('seven');
  const asked = await requestApproval(
    { ...engine, settings: { ...engine.settings, approvals: 2 } },
    { ...plan, batch },
    OPERATOR,
  );
  const approve = (person: string, approvers: readonly string[]) =>
    runCommand(parseCommand(`approve ${asked.id}`, { commands: COMMANDS }), {
      world: engine,
      by: { id: person, name: person },
      locale: ENGLISH,
      mayStill: async (each) => approvers.includes(each),
    });
  await approve('first', ['first', 'second', 'third']);

  const { view } = await approve('second', ['second', 'third']);

  expect(view).toMatchObject({
    state: 'open',
    decisions: [
      { by: 'first', withdrawn: true },
      { by: 'second', withdrawn: false },
    ],
  });
  expect(await batchIsThere(batch)).toBe(true);
  expect(await said(`approvals ${asked.id}`, 'Viewer A')).toContain('The role was taken away since');
  await approve('third', ['second', 'third']);
  expect(await batchIsThere(batch)).toBe(false);
  await engine.audit.catchUp();
  const lines = (await Array.fromAsync(engine.audit.lines())).filter((line) => line.includes(asked.id));
  expect(lines.map((line) => JSON.parse(line).type)).toEqual([
    ...[
      'ApprovalRequested',
      'ApprovalDecided',
      'ApprovalWithdrawn',
      'ApprovalDecided',
      'ApprovalDecided',
      'ApprovalDone',
    ],
  ]);
});

test('it expires in the middle, with one of two who agreed: the second click does nothing', async () => {
  const { world: engine } = opened();
  const batch = await newBatch('eight');
  const plan = {
    text: 'remove batch eight sync=no',
    title: 'Remove batch',
    count: 3,
    of: 'users',
    sample: [],
    batch,
  } as const;
  const { id } = await requestApproval({ ...engine, settings: { ...engine.settings, approvals: 2 } }, plan, OPERATOR);
  expect(await said(`approve ${id}`, 'Approver A')).toContain('1 other person');

  await engine.store.changeApproval(id, (approval) => ({ to: { ...approval, expiresAt: Date.now() - 1 }, events: [] }));

  expect(await said(`approve ${id}`, 'Approver B')).toContain('is expired');
  expect(await batchIsThere(batch)).toBe(true);
  expect(await said(`reject ${id} too late`, 'Approver B')).toContain('is expired');
});

test('a hundred presses of the same button by the same person have one effect', async () => {
  const batch = await newBatch('nine');
  const question = await world.ask('remove batch nine sync=no', 'Operator A');
  const id = /Approval ([0-9A-F]{6})/.exec(JSON.stringify(question.cards))?.[1] ?? '';
  const value = { action: { type: 'Action.Execute', verb: 'approve', data: { target: id } }, trigger: 'manual' };

  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      world.teams.invoke('Approver A', world.channel, 'adaptiveCard/action', value, question.id),
    ),
  );

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await batchIsThere(batch)).toBe(false);
  await opened().world.audit.catchUp();
  const lines = (await Array.fromAsync(opened().world.audit.lines())).filter((line) => line.includes(id));
  expect(lines.filter((line) => line.includes('"ApprovalDecided"'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('"ApprovalDone"'))).toHaveLength(1);
});

test('what waits is listed, and asking twice is one question', async () => {
  await newBatch('six');
  const first = await requested('remove batch six sync=no');
  const second = await requested('remove batch six sync=no');

  expect(second).toBe(first);
  expect(await said('approvals', 'Viewer A')).toContain(first);
});

test('the operator of the machine takes the role away between two clicks: the second one is not the last', async () => {
  const { world: engine } = opened();
  const batch = await newBatch('ten');
  const plan = {
    text: 'remove batch ten sync=no',
    title: 'Remove batch',
    count: 3,
    of: 'users',
    sample: [],
    batch,
  } as const;
  const two = { ...engine, settings: { ...engine.settings, approvals: 2 } };
  const { id } = await requestApproval(two, plan, OPERATOR);
  expect(await said(`approve ${id}`, 'Approver A')).toContain('1 other person');
  const [, approverB = ''] = holding('approver').split(',');
  const environment = { BELLHOP_SANDBOX: '1', BELLHOP_ROLES: 'bot', BELLHOP_TENANTS: SAMPLE_TENANT, PORT: '0' };
  const config = readConfig({ ...environment, BELLHOP_APPROVALS: '1', BELLHOP_APPROVERS: approverB }, 'serve');
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const leaving = new AbortController();
  const restarted = await openBot(config, engine, world.documents, log, leaving.signal);
  try {
    await world.teams.setBot(`http://127.0.0.1:${restarted.server.port}/api/messages`);

    const answer = await said(`approve ${id}`, 'Approver B');

    expect(answer).toContain('The role was taken away since');
    expect(answer).toContain('1 other person');
    expect(await batchIsThere(batch)).toBe(true);
  } finally {
    await world.teams.setBot(world.botUrl);
    leaving.abort();
    await restarted.notifying;
    await restarted.server[Symbol.asyncDispose]();
  }
});

function opened() {
  return world.opened;
}
