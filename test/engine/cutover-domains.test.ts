import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareZone } from '../../sandbox/dns/dns-owner.ts';
import { type LocalDns } from '../../sandbox/dns/local-dns.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type SandboxWorld, startSandbox } from '../../sandbox/world.ts';
import { cutoverCard } from '../../src/cards/cutover-card.ts';
import { readConfig } from '../../src/config.ts';
import { backCutover, requireCutover, startCutover } from '../../src/engine/cutover.ts';
import { lookAtCutover } from '../../src/engine/cutover-look.ts';
import { cutoverView } from '../../src/engine/cutover-view.ts';
import { type Cutover, type CutoverState, settle } from '../../src/engine/domain/cutover.ts';
import type { Check } from '../../src/engine/domain/evidence.ts';
import type { World } from '../../src/engine/ports.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import {
  OPERATOR,
  address,
  batchName,
  endpointName,
  sampleBatch,
  sampleEndpoint,
} from '../contracts/sample-records.ts';
import { keepingLog, systemClock } from '../store/local-redis.ts';
import { sampleUsers } from '../support/sample-users.ts';

const ONE = 'contoso.example';
const TWO = 'fabrikam.example';
const host = (domain: string): string => `${domain.replace('.', '-')}.mail.protection.outlook.com`;
const BATCH = batchName('demo');
const LATER = batchName('later');

let sandbox: SandboxWorld;
let dns: LocalDns;
let opened: OpenWorld;
let world: World;

beforeAll(async () => {
  sandbox = await startSandbox({ users: [{ name: 'info', mails: 1 }], timeScale: 200 });
  trustLocalExchange(sandbox.environment['NODE_EXTRA_CA_CERTS'] ?? '');
  ({ dns } = sandbox);
  prepareZone(dns, TWO, host(TWO));
  await sandbox.exchange.addMailbox({ address: `lee@${TWO}`, displayName: 'Lee' });
  opened = await openWorld(readConfig(sandbox.environment, 'command'), systemClock, keepingLog());
  ({ world } = opened);
  await world.store.addEndpoint(sampleEndpoint('mail-hq'), [], OPERATOR);
  for (const name of [BATCH, LATER])
    await world.store.addBatch(sampleBatch(name, { endpoint: endpointName('mail-hq') }), [], OPERATOR);
  await addUsers(BATCH, [`info@${ONE}`, `lee@${TWO}`]);
  await startCutover(world, { batch: BATCH }, OPERATOR);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

async function addUsers(batch: string, addresses: readonly string[]): Promise<void> {
  const users = sampleUsers(batch, addresses.length).map((user, at) => ({
    ...user,
    address: address(addresses[at] ?? ''),
  }));
  await world.store.addUsers(users, [], OPERATOR);
}

/** Looks as a worker does, at the given step, and keeps what was found. */
async function lookAt(state: CutoverState, more: Partial<Cutover> = {}): Promise<readonly Check[]> {
  await world.store.changeCutover(BATCH, (current) => ({ to: { ...current, state, ...more }, events: [] }));
  const seen = await requireCutover(world, BATCH);
  const users = await Array.fromAsync(world.store.users(BATCH));
  const found = await lookAtCutover(world, seen, users, new AbortController().signal);
  await world.store.changeCutover(BATCH, (current) => {
    const to = settle(current, seen, found, world.clock.now());
    // The test says which step it looks at.
    return to === undefined ? undefined : { to: { ...to, state }, events: [] };
  });
  return found.checks;
}

const of = (checks: readonly Check[], name: string): readonly unknown[] =>
  checks.filter((each) => each.name === name).map(({ found, passed }) => [found['domain'], passed]);

test('a batch with users of two domains: evidence of both, and the weaker one decides', async () => {
  expect((await cutoverView(world, BATCH)).domain).toBe(`${ONE}, ${TWO}`);
  sandbox.exchange.setDomain(TWO, { isVerified: false });

  expect(of(await lookAt('verify-domain'), 'domain-verified')).toEqual([
    [ONE, true],
    [TWO, false],
  ]);

  sandbox.exchange.setDomain(TWO, {});
  expect(of(await lookAt('verify-domain'), 'mx-host')).toEqual([
    [ONE, true],
    [TWO, true],
  ]);
});

test('one of two MX is switched: it is not over, there is no way back, and the card says which one is to be led where', async () => {
  const goAhead = { by: OPERATOR, at: world.clock.now(), evidence: 'a' };
  dns.set(ONE, 'MX', [`0 ${host(ONE)}`], { ttl: 60 });

  const half = await lookAt('mx-switched', { goAhead });

  expect(of(half, 'mx-switched')).toEqual([
    [ONE, true],
    [TWO, false],
  ]);
  const seen = await requireCutover(world, BATCH);
  expect(seen.mx?.switchedAt).toBeUndefined();
  expect(seen.mxOf?.[ONE]?.switchedAt).toBeGreaterThan(0);
  await expect(backCutover(world, BATCH, undefined, OPERATOR)).rejects.toMatchObject({ code: 'CutoverNoWayBack' });
  const card = JSON.stringify(cutoverCard(await cutoverView(world, BATCH))).replaceAll('\u200b', '');
  expect(card).toContain(`MX of ${TWO}: ${host(TWO)}`);
  expect(card).not.toContain(`MX of ${ONE}: ${host(ONE)}`);
  expect(card).toContain(`${TWO}: MX has to lead to`);

  dns.set(TWO, 'MX', [`0 ${host(TWO)}`], { ttl: 60 });
  expect(of(await lookAt('mx-switched', { goAhead }), 'mx-switched')).toEqual([
    [ONE, true],
    [TWO, true],
  ]);
  const { mx, mxOf } = await requireCutover(world, BATCH);
  expect(mx?.switchedAt).toBe(mxOf?.[TWO]?.switchedAt);
});

test('an MX that is led back in the middle is seen, and what was waited for begins anew', async () => {
  dns.set(ONE, 'MX', ['10 mail.contoso.example'], { ttl: 60 });

  const checks = await lookAt('old-mx-gone');

  expect(of(checks, 'mx-switched')).toEqual([
    [ONE, false],
    [TWO, true],
  ]);
  expect(checks.find(({ name }) => name === 'mx-waited')).toMatchObject({ passed: false, found: { until: '' } });
});

test('users of the domains who stay in other batches: counted, told, with the forwarding of each side; completed ones are not', async () => {
  const { goAhead: _agreed, ...before } = await requireCutover(world, BATCH);
  await world.store.changeCutover(BATCH, () => ({ to: { ...before, state: 'people-informed' }, events: [] }));
  const nobody = (await lookAt('people-informed')).find(({ name }) => name === 'staged-users');
  expect(nobody).toMatchObject({ passed: true, found: { staged: 0 } });

  await addUsers(LATER, [`zoe@${TWO}`, `ann@${ONE}`, 'else@example.com']);

  const staged = (await lookAt('people-informed')).find(({ name }) => name === 'staged-users');
  expect(staged).toMatchObject({
    ...{ passed: false, required: false },
    found: { staged: 2, batches: [LATER], users: [`ann@${ONE}`, `zoe@${TWO}`], host: 'imap.contoso.example' },
  });
  const card = JSON.stringify(cutoverCard(await cutoverView(world, BATCH))).replaceAll('\u200b', '');
  expect(card).toContain('2 users not moved yet: forwarding, on each side');
  expect(card).toContain('-ForwardingSmtpAddress');
  expect(card).toContain('Old server (imap.contoso.example): forward everybody who moved');

  await world.store.changeUser(address(`ann@${ONE}`), (user) => ({ to: { ...user, status: 'Completed' }, events: [] }));
  expect((await lookAt('people-informed')).find(({ name }) => name === 'staged-users')?.found['staged']).toBe(1);
});

test('said, it is of some of them alone; a domain nobody is in is refused', async () => {
  const batch = batchName('other');
  const found = await world.store.batch(BATCH);
  if (found === undefined) throw new Error('the batch is there');
  await world.store.addBatch({ ...found, name: batch }, [], OPERATOR);
  await addUsers(batch, [`a@${ONE}`, `b@${TWO}`, 'c@example.com']);

  await expect(startCutover(world, { batch, domain: `${ONE},northwind.example` }, OPERATOR)).rejects.toMatchObject({
    code: 'CutoverDomain',
  });
  await startCutover(world, { batch, domain: `${TWO},${ONE}` }, OPERATOR);

  expect((await requireCutover(world, batch)).domains).toEqual([TWO, ONE]);
});
