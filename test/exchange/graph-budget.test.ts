import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GraphClient, graphClient } from '../../src/exchange/graph-client.ts';
import { PUBLISHED_LIMITS } from '../../src/store/budget-limits.ts';
import { redisBudget } from '../../src/store/redis-budget.ts';
import { type Fixture, OWNER, startFixture } from '../sandbox/exchange/exchange-fixture.ts';
import { type LocalRedis, localRedis, systemClock } from '../store/local-redis.ts';

const TIME_SCALE = 60;
/** Of each worker: more than a mailbox has places. */
const LANES = 6;

let fixture: Fixture;
let local: LocalRedis;
let mailbox: string;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
});

beforeEach(async () => {
  if (fixture !== undefined) await fixture[Symbol.asyncDispose]();
  await local.redis.flushall();
  fixture = await startFixture({ timeScale: TIME_SCALE });
  mailbox = (await fixture.call('GET', `/users/${OWNER}?$select=id`)).json.id as string;
});

/** One more worker process. */
function worker(): GraphClient {
  const budget = redisBudget(local.redis, systemClock, PUBLISHED_LIMITS, TIME_SCALE);
  const signIn = async (): Promise<string> => fixture.token;
  const { graphUrl } = fixture.exchange;
  return graphClient({ graphUrl, signIn, budget, clock: systemClock, timeScale: TIME_SCALE });
}

async function read(graph: GraphClient, count: number): Promise<void> {
  let left = count;
  const path = `/users/${mailbox}/mailFolders/inbox?$select=id`;
  const lane = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      expect((await graph.send({ method: 'GET', path, mailbox })).ok).toBe(true);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const manners = () => fixture.exchange.manners.of(mailbox);

test('workers that ask for more than a mailbox gives are never refused: with its limits on, not one 429', async () => {
  fixture.exchange.faults.set({ latency: 20 });
  const workers = [worker(), worker()];

  await Promise.all(workers.map((graph) => read(graph, 300)));

  expect(manners()).toMatchObject({ requests: 600, throttled: 0, insideRetryAfter: 0 });
  expect(manners().maxConcurrency).toBeLessThanOrEqual(4);
});

test('a mailbox that refuses all the same is asked for less by every worker, and no earlier than it said', async () => {
  fixture.exchange.faults.set({ latency: 20 });
  const [one, other] = [worker(), worker()];
  fixture.exchange.faults.add({ action: '429', times: 1, retryAfter: 0.3 });
  await read(one, 10);
  fixture.exchange.manners.reset();

  await Promise.all([read(one, 60), read(other, 60)]);

  expect(manners().maxConcurrency).toBeLessThanOrEqual(3);
  expect(manners()).toMatchObject({ throttled: 0, insideRetryAfter: 0 });
});
