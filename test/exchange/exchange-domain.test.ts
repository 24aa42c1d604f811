import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock, TargetDirectory } from '../../src/engine/ports.ts';
import { exchangeDirectory } from '../../src/exchange/exchange-directory.ts';
import { unlimitedBudget } from '../../src/store/redis-budget.ts';
import { type Fixture, startFixture } from '../sandbox/exchange/exchange-fixture.ts';

const clock: Clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
const budget = unlimitedBudget();

let fixture: Fixture;
let target: TargetDirectory;

beforeAll(async () => {
  fixture = await startFixture();
  target = exchangeDirectory({
    ...fixture.exchange,
    credential: { secret: fixture.exchange.clientSecret },
    ...{ budget, clock, timeScale: 100, maxItemSize: 36_700_160, appendEndpoint: undefined },
  });
});
afterAll(() => fixture[Symbol.asyncDispose]());

test('a domain of the tenant, with the records it asks for', async () => {
  expect(await target.domain('contoso.example')).toEqual({
    name: 'contoso.example',
    isVerified: true,
    takesMail: true,
    mx: [{ host: 'contoso-example.mail.protection.outlook.com', preference: 0 }],
    spf: 'v=spf1 include:spf.protection.outlook.com -all',
    autodiscover: { name: 'autodiscover.contoso.example', host: 'autodiscover.outlook.com' },
  });
});

test('the host of the MX is the one Graph names, whatever the pattern', async () => {
  fixture.exchange.setDomain('contoso.example', { mx: 'contoso-example.a-v1.mx.microsoft' });

  expect((await target.domain('contoso.example'))?.mx).toEqual([
    { host: 'contoso-example.a-v1.mx.microsoft', preference: 0 },
  ]);
});

test('a domain that is not verified has no records; one that is not in the tenant is none', async () => {
  fixture.exchange.setDomain('contoso.example', { isVerified: false });

  expect(await target.domain('contoso.example')).toMatchObject({ isVerified: false, mx: [] });
  expect(await target.domain('elsewhere.example')).toBeUndefined();
  expect(await target.domain('a/../users')).toBeUndefined();
});
