import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import { breakGlass, requestApproval } from '../../src/engine/approvals.ts';
import { type Approval, glassOf } from '../../src/engine/domain/approval.ts';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import { toMigrationError } from '../../src/engine/domain/failure.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { batchName, sampleUser } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const KEYHOLDERS = ['Operator A', 'Viewer A'] as const;
const person = (name: string) => {
  const found = SAMPLE_PEOPLE.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is one of them`);
  return found;
};
const OPERATOR = { id: person('Operator A').aadObjectId, name: 'Operator A' };

let world: BotWorld;
beforeAll(async () => {
  world = await startBotWorld(
    {
      BELLHOP_APPROVALS: '2',
      BELLHOP_OPERATORS: OPERATOR.id,
      BELLHOP_APPROVERS: ['Approver A', 'Approver B'].map((name) => person(name).aadObjectId).join(','),
      BELLHOP_BREAK_GLASS: KEYHOLDERS.map((name) => person(name).aadObjectId).join(','),
      BELLHOP_TIME_SCALE: '1',
    },
    60_000,
    2,
  );
  await world.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.opened.redis.del('{bellhop}:approvals'));

async function ask(name: string): Promise<Approval> {
  const { world: engine } = world.opened;
  const batch = batchName(name);
  await world.ask(`create batch ${batch} endpoint=mail-hq`, 'Operator A');
  await engine.store.addUsers([sampleUser(`${batch}@contoso.example`, batch)], [], OPERATOR);
  const text = `remove batch ${batch} sync=no`;
  return requestApproval(engine, { text, title: 'Remove batch', count: 1, of: 'users', sample: [], batch }, OPERATOR);
}

/** One more click of the same kind, to one of the processes. */
async function click({ id }: Approval, at: number): Promise<void> {
  const who = person(KEYHOLDERS[at % KEYHOLDERS.length] ?? '');
  const activity = {
    ...{ type: 'invoke', name: 'adaptiveCard/action', id: randomUUID(), channelId: 'msteams' },
    serviceUrl: world.teams.serviceUrl,
    from: { id: who.id, name: who.name, aadObjectId: who.aadObjectId },
    recipient: world.teams.bot,
    conversation: { id: world.channel, conversationType: 'channel', tenantId: SAMPLE_TENANT },
    channelData: { tenant: { id: SAMPLE_TENANT } },
    value: {
      action: { type: 'Action.Execute', verb: 'say', data: { text: `break glass ${id} the server is failing` } },
      trigger: 'manual',
    },
  };
  const url = world.botUrls[Math.floor(at / 2) % world.botUrls.length] ?? '';
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(activity) });
  expect(answer.status).toBe(200);
}

async function broken(ids: ReadonlySet<string>): Promise<readonly AuditEntry[]> {
  await world.opened.world.audit.catchUp();
  const lines = await Array.fromAsync(world.opened.world.audit.lines());
  const entries = lines.map((line): AuditEntry => JSON.parse(line));
  return entries.filter(({ type, details }) => type === 'GlassBroken' && ids.has(String(details['approval'])));
}

test('a hundred clicks at one instant, two people, two processes, ten questions: three are decided and no more', async () => {
  const asked: Approval[] = [];
  for (let at = 0; at < 10; at += 1) asked.push(await ask(`many-${at}`));
  const clicks = Array.from({ length: 10 }, () => asked).flat();

  await Promise.all(clicks.map(click));

  const all = await world.opened.world.store.approvals();
  const decided = all.filter((each) => glassOf(each) !== undefined);
  expect(decided.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect(all.filter(({ state }) => state === 'open')).toHaveLength(7);
  expect(await broken(new Set(asked.map(({ id }) => id)))).toHaveLength(3);
  const left = (await world.opened.world.store.batches()).filter(({ name }) => name.startsWith('many-'));
  expect(left).toHaveLength(7);
});

test('a hundred in the engine of two processes, each on a question of its own: three get through, 97 hear why not', async () => {
  const here = world.opened.world;
  const connection = world.opened.redis.duplicate();
  const there = { ...here, store: redisStore(connection, here.clock) };
  const texts = Array.from({ length: 100 }, (_, at) => `remove batch engine-${at}`);
  const plans = texts.map((text) => ({ text, title: 'Remove batch', count: 1, of: 'users', sample: [] }) as const);
  const asked: Approval[] = [];
  for (const plan of plans) asked.push(await requestApproval(here, plan, OPERATOR));

  const all = await Promise.allSettled(
    asked.map(({ id }, at) => breakGlass(at % 2 === 0 ? here : there, id, 'now', OPERATOR)),
  );
  connection.disconnect();

  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  const refused = all.flatMap((each) => (each.status === 'rejected' ? [toMigrationError(each.reason).code] : []));
  expect(new Set(refused)).toEqual(new Set(['BreakGlassSpent']));
  const stored = await here.store.approvals();
  expect(stored.filter((each) => glassOf(each) !== undefined)).toHaveLength(3);
});

test('a hundred clicks on the last question there is room for break the glass once', async () => {
  for (const name of ['one', 'two']) await click(await ask(name), 0);
  const last = await ask('last');

  await Promise.all(Array.from({ length: 100 }, (_, at) => click(last, at)));

  expect(await broken(new Set([last.id]))).toHaveLength(1);
  const now = await world.opened.world.store.approval(last.id);
  expect(now?.state).toBe('done');
  expect(now?.decisions).toHaveLength(1);
});
