import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BellhopProcess } from '../../sandbox/bellhop-process.ts';
import type { LocalDns } from '../../sandbox/dns/local-dns.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import type { CutoverState } from '../../src/engine/domain/cutover.ts';
import type { CutoverView } from '../../src/engine/views.ts';
import { sayInChannel, wordsOf } from '../support/say-in-channel.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const DOMAIN = 'contoso.example';
const MX = 'contoso-example.mail.protection.outlook.com';

let world: SandboxWorld;
let dns: LocalDns;
let worker: BellhopProcess;

beforeAll(async () => {
  const users = [
    { name: 'info', mails: 5 },
    { name: 'branch', mails: 5, wrongPassword: true },
  ] as const;
  world = await startSandbox({ users, timeScale: 200 });
  dns = world.dns;
  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60 });
  world.exchange.setDomain(DOMAIN, { isVerified: false });
  const environment = { BELLHOP_APPROVALS: '1' };
  await world.startBellhop('bot', environment);
  worker = await world.startBellhop('worker', environment);
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');
  await userWhen(world, 'branch', 'Failed');
  await world.bellhop('start', 'cutover', 'demo', 'settle=5m');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const said = async (text: string, person = 'Operator A'): Promise<string> =>
  wordsOf(await sayInChannel(world, text, person));
const asked = async (text: string, person = 'Operator A'): Promise<string> => {
  const answer = await said(text, person);
  return /Approval ([0-9A-F]{6})/.exec(answer)?.[1] ?? answer;
};
const cutover = (): Promise<CutoverView> => viewOf<CutoverView>(world, 'cutover', 'demo');
const reached = (state: CutoverState): Promise<CutoverView> => waitUntil(cutover, (view) => view.state === state);
const check = (view: CutoverView, name: string) => view.checks.find((each) => each.name === name);

test('a domain the tenant has not verified: nothing begins, and nobody can do without it', async () => {
  const view = await waitUntil(cutover, (now) => check(now, 'domain-verified') !== undefined);
  expect(check(view, 'domain-verified')).toMatchObject({ passed: false, found: { state: 'unverified' } });
  expect(await said('waive step demo verify-domain it will be')).toContain('does not allow that');

  world.exchange.setDomain(DOMAIN, {});

  await reached('initial-sync-complete');
});

test('a user that failed holds everything up, until two people do without: with name, reason and time', async () => {
  const held = await waitUntil(cutover, (now) => check(now, 'users-synced') !== undefined);
  expect(check(held, 'users-synced')).toMatchObject({ passed: false, found: { left: [addressOf('branch')] } });
  const refused = await asked('waive step demo initial-sync-complete not needed');
  expect(await said(`reject ${refused} who says so?`, 'Approver A')).toContain('who says so?');
  expect((await cutover()).state).toBe('initial-sync-complete');

  const id = await asked('waive step demo initial-sync-complete the branch closes on Friday');
  expect(await said(`approve ${id}`, 'Operator A')).toContain('approver');
  await said(`approve ${id}`, 'Approver A');

  const view = await reached('people-informed');
  expect(view.steps[1]).toMatchObject({ state: 'waived', who: 'Operator A', reason: 'the branch closes on Friday' });
  expect(check(await waitUntil(cutover, (now) => now.checks.length > 0), 'users-synced')).toMatchObject({
    required: false,
  });
  expect(await said('cutover demo')).toContain('the branch closes on Friday');
});

test('who asks does not agree, whatever else they may', async () => {
  await said('confirm step demo people-informed', 'Approver A');
  await reached('mx-switched');
  const id = await asked('go ahead demo mx-switched', 'Approver A');

  expect(await said(`approve ${id}`, 'Approver A')).toContain('another person has to decide');
  expect((await cutover()).goAhead).toBeNull();
  await said(`reject ${id} not today`, 'Approver B');
});

test('approved while it rests: nothing is done, the approval is void', async () => {
  const id = await asked('go ahead demo mx-switched');
  await said('pause cutover demo');

  expect(await said(`approve ${id}`, 'Approver B')).toContain('Void');

  expect((await cutover()).goAhead).toBeNull();
  await said('continue cutover demo');
});

test('a host without an address, and a tenant that does not answer: nobody is asked, nothing is concluded', async () => {
  dns.set(MX, 'A', []);
  expect(await said('go ahead demo mx-switched')).toContain('lacks: an address');
  dns.set(MX, 'A', ['192.0.2.25']);
  const before = (await cutover()).steps;

  world.exchange.faults.set({ revokedRoles: ['Domain.Read.All'] });
  expect(await said('go ahead demo mx-switched')).toContain('Domain.Read.All');
  const troubled = await waitUntil(cutover, ({ status }) => status === 'troubled');
  expect(troubled.trouble?.code).toBe('DomainNotReadable');
  world.exchange.faults.set({ revokedRoles: [] });

  await waitUntil(cutover, ({ status }) => status === 'needs-people');
  expect((await cutover()).steps).toEqual(before);
});

test('by a button: the question stands below, the card of the cutover stays', async () => {
  const shown = await sayInChannel(world, 'cutover demo', 'Operator A');
  await world.teams.clickAction('Operator A', shown, 'Ask for go-ahead');

  const question = await world.teams.waitFor(
    (message) => wordsOf(message).includes('Step 6 of 12: Switch mail flow') && message.id !== shown.id,
    20_000,
  );

  expect(wordsOf(question)).toContain('MX back in the DNS');
  const now = world.teams.messages(shown.conversationId).find(({ id }) => id === shown.id);
  expect(now === undefined ? '' : wordsOf(now)).toContain('Cutover of demo');
});

test('without a worker nobody looks: it is said, and nothing changes', async () => {
  await worker.stop('SIGKILL');

  expect(await said('go ahead demo mx-switched')).toContain('No worker looked');

  worker = await world.startBellhop('worker', { BELLHOP_APPROVALS: '1' });
  await waitUntil(cutover, ({ checks }) => checks.length > 0);
});

test('where nobody may approve, nobody does without a step', async () => {
  const { error } = await world.bellhop('waive', 'step', 'demo', 'mx-ttl-lowered', 'because');

  expect(error).toContain('SecondPersonNeeded');
});

test('cancelled before the switch, another one can begin', async () => {
  expect(await said('cancel cutover demo wrong day')).toContain('Cancelled');
  expect(await said('cutover demo')).toContain('has no cutover');

  expect(await said('start cutover demo')).toContain('Cutover of demo');
});
