import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TargetDirectory } from '../../src/engine/ports.ts';
import { type Fixture, startFixture } from '../sandbox/exchange/exchange-fixture.ts';
import { targetDirectoryOf } from '../support/target-directory.ts';

const GB = 1024 ** 3;

let fixture: Fixture;
let target: TargetDirectory;

beforeAll(async () => {
  fixture = await startFixture();
  target = targetDirectoryOf(fixture.exchange);
});
afterAll(() => fixture[Symbol.asyncDispose]());

test.each([
  ['preset', undefined, { plan: 'plan-2', bytes: 100 * GB }],
  ['kiosk', '4A82B400-A79F-41A4-B4E2-E94F5787B113', { plan: 'kiosk', bytes: 2 * GB }],
  ['nobody', '', { plan: 'none', bytes: 0 }],
  ['foreign', '00000000-0000-4000-8000-000000000000', undefined],
] as const)('the quota of %s is read from the plans in Entra', async (name, exchangePlan, expected) => {
  const { id } = await fixture.exchange.addMailbox({
    address: `${name}@contoso.example`,
    ...(exchangePlan === undefined ? {} : { exchangePlan }),
  });

  expect(await target.quota({ id, kind: 'user' })).toEqual(expected);
});

test('of who is not there, nothing is said', async () => {
  expect(await target.quota({ id: '00000000-0000-4000-8000-000000000000', kind: 'user' })).toBeUndefined();
});
