import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decideApproval } from '../../src/engine/approvals.ts';
import { createBatch, resumeBatch, startBatch, stopBatch } from '../../src/engine/batches.ts';
import { completeDueBatches, planCompletion } from '../../src/engine/completion.ts';
import { lookAtExpiries } from '../../src/engine/expiry.ts';
import { importUsers } from '../../src/engine/import-users.ts';
import { OPERATOR, address, batchName, endpointName, sampleEndpoint } from '../contracts/sample-records.ts';
import { type EngineWorld, startEngineWorld } from '../support/engine-world.ts';

const DAY = 86_400_000;
const BATCH = batchName('sales-1');
const ANNA = address('anna@contoso.example');

let engine: EngineWorld;
beforeAll(async () => {
  engine = await startEngineWorld({ BELLHOP_APPROVERS: 'approver', BELLHOP_APPROVALS: '1' });
});
afterAll(() => engine[Symbol.asyncDispose]());

beforeEach(async () => {
  await engine.opened.redis.flushall();
  await engine.world.store.addEndpoint(sampleEndpoint('old-server'), [], OPERATOR);
});

async function create(more: Partial<Parameters<typeof createBatch>[1]> = {}): Promise<void> {
  const { world } = engine;
  await createBatch(world, { name: BATCH, endpoint: endpointName('old-server'), ...more }, OPERATOR);
  const csv = Buffer.from('EmailAddress,UserName,Password\nanna@contoso.example,anna,secret-of-anna\n');
  await importUsers(world, { csv, batch: BATCH, endpoint: endpointName('old-server') }, OPERATOR);
}

async function synced(): Promise<void> {
  await engine.world.store.changeUser(ANNA, (user) => ({
    to: { ...user, status: 'Synced', lastSuccessfulSyncAt: 1, nextSyncAt: 9e15 },
    events: [],
  }));
}

const batch = () => engine.world.store.batch(BATCH);
const approvals = () => engine.world.store.approvals();

test('a planned completion is asked about ahead of its time, once, and runs at its time when others agreed', async () => {
  const { world } = engine;
  await create({ complete: world.clock.now() + 3 * DAY });
  await startBatch(world, BATCH, OPERATOR);
  await synced();

  await completeDueBatches(world);
  expect(await approvals()).toEqual([]);

  engine.pass(2.5 * DAY);
  await completeDueBatches(world);
  await completeDueBatches(world);
  const [asked, ...more] = await approvals();
  expect(more).toEqual([]);
  expect(asked).toMatchObject({ plan: { count: 1, of: 'users', batch: BATCH }, requestedBy: OPERATOR, unasked: true });
  expect(asked?.plan.text).toMatch(/^complete batch sales-1 at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

  const at = (await batch())?.completion?.at ?? 0;
  await decideApproval(world, asked?.id ?? '', { verdict: 'approved' }, { id: 'other', name: 'Operator B' });
  await planCompletion(world, BATCH, at, OPERATOR, 1);
  await completeDueBatches(world);
  expect((await batch())?.intent).toBe('Started');
  engine.pass(DAY);
  await completeDueBatches(world);
  expect((await batch())?.intent).toBe('Completed');
});

test('who says no ends the plan, and nobody is asked again', async () => {
  const { world } = engine;
  await create({ complete: world.clock.now() + DAY / 2 });
  await startBatch(world, BATCH, OPERATOR);
  await completeDueBatches(world);
  const [asked] = await approvals();
  await decideApproval(world, asked?.id ?? '', { verdict: 'rejected' }, { id: 'other', name: 'Operator B' });

  await completeDueBatches(world);
  await completeDueBatches(world);

  expect((await batch())?.completion).toBeUndefined();
  expect(await approvals()).toHaveLength(1);
});

test('without an agreement nothing is completed, however late it is', async () => {
  const { world } = engine;
  await create({ complete: world.clock.now() + DAY / 2 });
  await startBatch(world, BATCH, OPERATOR);
  await synced();
  engine.pass(DAY * 10);

  await completeDueBatches(world);

  expect((await batch())?.intent).toBe('Started');
});

test('a completion before the start, or in the past, is refused', async () => {
  const now = engine.world.clock.now();

  await expect(create({ start: now + DAY, complete: now + DAY })).rejects.toMatchObject({ code: 'UsageError' });
  await expect(create({ complete: now - 1 })).rejects.toMatchObject({ code: 'UsageError' });
});

test('the passwords of a batch nobody works with are forgotten after two announcements, and nothing else is', async () => {
  const { world } = engine;
  await create();
  engine.pass(54 * DAY);
  await lookAtExpiries(world);
  expect((await batch())?.announced).toMatchObject({ before: 7 * DAY });
  engine.pass(5.5 * DAY);
  await lookAtExpiries(world);
  expect((await batch())?.announced).toMatchObject({ before: DAY });
  expect(await world.vault.get(ANNA)).toBe('secret-of-anna');

  engine.pass(2 * DAY);
  await lookAtExpiries(world);

  expect(await world.vault.get(ANNA)).toBeUndefined();
  expect((await world.store.user(ANNA))?.status).toBe('Validating');
  const types = (await Array.fromAsync(world.events.read(0, 9e15), (event) => event.type)).filter((type) =>
    /Expir/.test(type),
  );
  expect(types).toEqual(['BatchExpiring', 'BatchExpiring', 'BatchExpired']);
});

test('whoever takes a batch up again keeps its passwords', async () => {
  const { world } = engine;
  await create();
  engine.pass(59.5 * DAY);
  await lookAtExpiries(world);
  await startBatch(world, BATCH, OPERATOR);
  engine.pass(10 * DAY);
  await lookAtExpiries(world);
  await stopBatch(world, BATCH, OPERATOR);
  engine.pass(10 * DAY);
  await lookAtExpiries(world);
  await resumeBatch(world, BATCH, OPERATOR);
  engine.pass(100 * DAY);
  await lookAtExpiries(world);

  expect(await world.vault.get(ANNA)).toBe('secret-of-anna');
});

test('an upload keeps the passwords of a batch for as long again', async () => {
  const { world } = engine;
  await create();
  engine.pass(59.5 * DAY);
  await lookAtExpiries(world);
  const csv = Buffer.from('EmailAddress,UserName,Password\nanna@contoso.example,anna,another-secret\n');
  await importUsers(world, { csv, batch: BATCH, endpoint: endpointName('old-server') }, OPERATOR);
  engine.pass(3 * DAY);
  await lookAtExpiries(world);

  expect(await world.vault.get(ANNA)).toBe('another-secret');
  expect((await batch())?.announced).toBeUndefined();
});
