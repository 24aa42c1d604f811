import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TargetDirectory } from '../../src/engine/ports.ts';
import { type Fixture, startFixture } from '../sandbox/exchange/exchange-fixture.ts';
import { targetDirectoryOf } from '../support/target-directory.ts';

let fixture: Fixture;
let target: TargetDirectory;

beforeAll(async () => {
  fixture = await startFixture();
  target = targetDirectoryOf(fixture.exchange);
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
