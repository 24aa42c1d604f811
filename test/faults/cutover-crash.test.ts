import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalDns } from '../../sandbox/dns/local-dns.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import { readConfig } from '../../src/config.ts';
import { startBatch } from '../../src/engine/batches.ts';
import { requireCutover, startCutover } from '../../src/engine/cutover.ts';
import { runCheckCutover, watchCutovers } from '../../src/engine/cutover-check.ts';
import { goAheadWithStep, waiveStep } from '../../src/engine/cutover-steps.ts';
import {
  CUTOVER_STEPS,
  type Cutover,
  type CutoverState,
  STEP_NAMES,
  currentStep,
  waitsForPeople,
} from '../../src/engine/domain/cutover.ts';
import type { MigrationEvent } from '../../src/engine/domain/events.ts';
import { evidenceHash } from '../../src/engine/domain/evidence.ts';
import { addEndpoint } from '../../src/engine/endpoints.ts';
import { importUsers } from '../../src/engine/import-users.ts';
import { jobHandlers } from '../../src/engine/jobs.ts';
import type { World } from '../../src/engine/ports.ts';
import { runScheduleSyncs } from '../../src/engine/scheduling.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import { batchName, endpointName } from '../contracts/sample-records.ts';
import { keepingLog, systemClock } from '../store/local-redis.ts';
import { Crash, crashingWorld } from '../support/crashing-world.ts';
import { waitUntil } from '../support/wait-until.ts';

const DOMAIN = 'contoso.example';
const MX = 'contoso-example.mail.protection.outlook.com';
const BATCH = batchName('demo');
const OPERATOR = { id: 'operator', name: 'Operator A' };
const SETTLE = 300_000;

let sandbox: SandboxWorld;
let dns: LocalDns;
let opened: OpenWorld;
let world: World;
let workers: { close(grace: number): Promise<void> };

beforeAll(async () => {
  sandbox = await startSandbox({
    users: [
      { name: 'info', mails: 3 },
      { name: 'sales', mails: 3 },
    ],
    timeScale: 200,
  });
  trustLocalExchange(sandbox.environment['NODE_EXTRA_CA_CERTS'] ?? '');
  dns = sandbox.dns;
  opened = await openWorld(readConfig(sandbox.environment, 'command'), systemClock, keepingLog());
  world = opened.world;
  // Syncs and comparisons are carried out by a worker as ever; the looks of the cutover are the test's.
  const handlers = {
    ...jobHandlers(world),
    'schedule-syncs': async () => {
      await watchCutovers(world);
      await runScheduleSyncs(world);
    },
    'check-cutover': async () => undefined,
  };
  workers = await opened.queue.work(handlers, { concurrency: 2, tick: 50, lock: 10_000 });
});
afterAll(async () => {
  await workers.close(5000);
  await opened[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

const cutover = (): Promise<Cutover> => requireCutover(world, BATCH);
const never = new AbortController().signal;
const look = (on: World): Promise<void> => runCheckCutover(on, { batch: BATCH, request: '' }, never);

/** Dies at every call of `work`, once before and once after it took effect, until a run gets through. Answers the deaths. */
async function dyingEverywhere(work: (on: World) => Promise<void>): Promise<number> {
  for (let at = 0; at < 500; at += 1) {
    for (const carriedOut of [false, true]) {
      const alive = await work(crashingWorld(world, { at, carriedOut }).world).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Crash) return false;
          throw error;
        },
      );
      if (alive) return at;
    }
  }
  throw new Error('it never got through');
}

/** What the world outside does when a cutover is at a step. */
const OUTSIDE: Partial<Record<CutoverState, () => Promise<void> | void>> = {
  'verify-domain': () => dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60 }),
  'mx-switched': async () => {
    if ((await cutover()).goAhead !== undefined) dns.set(DOMAIN, 'MX', [`0 ${MX}`], { ttl: 60 });
  },
  'source-dismantled': () => sandbox.source.stop(),
};

async function peopleSay(on: World, { checks, state }: Cutover): Promise<void> {
  if (state === 'finished') return;
  const evidence = evidenceHash(checks);
  if (CUTOVER_STEPS[state].by === 'go-ahead') return goAheadWithStep(on, BATCH, state, OPERATOR, evidence);
  // A person's word is looked at by a worker first; here the look is the one just made.
  if (state === 'people-informed')
    return waiveStep(on, BATCH, state, { reason: 'told on the phone', evidence }, OPERATOR);
  await waiveStep(on, BATCH, state, { reason: 'it was thrown away', evidence }, OPERATOR);
}

test('X1: dead at every call of every step, each step is passed once, in order, and none is left out', async () => {
  const { port } = sandbox.source;
  await addEndpoint(world, { name: endpointName('sandbox'), host: 'localhost', port, security: 'none' }, OPERATOR);
  const rows = sandbox.users.map(({ name }) => `${addressOf(name)},${name},${passwordOf(name)}`);
  const csv = Buffer.from(['EmailAddress,UserName,Password', ...rows, ''].join('\n'));
  await importUsers(world, { batch: BATCH, endpoint: endpointName('sandbox'), csv }, OPERATOR);
  await startBatch(world, BATCH, OPERATOR);
  await startCutover(world, { batch: BATCH, settle: SETTLE }, OPERATOR);

  let deaths = 0;
  for (let rounds = 0; currentStep(await cutover()) !== undefined; rounds += 1) {
    const before = await cutover();
    await OUTSIDE[before.state]?.();
    deaths += await dyingEverywhere(look);
    const now = await cutover();
    if (now.state === before.state && waitsForPeople(now) && now.checks.length > 0)
      deaths += await dyingEverywhere((on) => peopleSay(on, now));
    else if (now.state === before.state)
      await waitUntil(
        async () => {
          await look(world);
          return cutover();
        },
        ({ state, goAhead }) => state !== before.state || goAhead?.at !== now.goAhead?.at,
      );
    expect(rounds).toBeLessThan(60);
  }

  const { history } = await cutover();
  expect(history.map(({ step }) => step)).toEqual(STEP_NAMES);
  const events = await Array.fromAsync(world.events.read(0, 4_000_000_000_000));
  const stepsOf = (type: MigrationEvent['type']) =>
    events.flatMap((each) => (each.type === type && 'step' in each ? [each.step] : []));
  expect(stepsOf('CutoverStepDone')).toEqual(STEP_NAMES);
  expect(stepsOf('CutoverWentAhead')).toEqual(STEP_NAMES.filter((step) => CUTOVER_STEPS[step].by === 'go-ahead'));
  expect(events.filter(({ type }) => type === 'UserCompleted')).toHaveLength(sandbox.users.length);
  for (const { name } of sandbox.users) {
    const user = await world.store.user(batchUser(name));
    expect(user?.status).toBe('Completed');
    expect(await world.vault.get(batchUser(name))).toBeUndefined();
  }
  // Calls of the ports at which it died, each of them once before and once after it took effect.
  expect(deaths).toBeGreaterThan(60);
}, 240_000);

function batchUser(name: string) {
  return addressOf(name) as Parameters<World['vault']['get']>[0];
}
