import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareZone } from '../../sandbox/dns/dns-owner.ts';
import type { LocalDns } from '../../sandbox/dns/local-dns.ts';
import { planOf } from '../../sandbox/play-migration.ts';
import { editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { CutoverState } from '../../src/engine/domain/cutover.ts';
import type { BatchView, CutoverView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { plainMail } from '../support/plain-mail.ts';
import { sayInChannel, wordsOf } from '../support/say-in-channel.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const DOMAIN = 'contoso.example';
const OTHER = 'fabrikam.example';
const MX = 'contoso-example.a-v1.mx.microsoft';
const OTHER_MX = 'fabrikam-example.mail.protection.outlook.com';
const [NS1, NS2] = ['127.0.0.11', '127.0.0.12'];

let world: SandboxWorld;
let dns: LocalDns;

beforeAll(async () => {
  world = await startSandbox({
    users: [
      { name: 'info', mails: 12 },
      { name: 'sales', mails: 12, domain: OTHER },
    ],
    timeScale: 200,
    dns: { authorities: 2, resolvers: 2 },
  });
  dns = world.dns;
  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 3700 });
  dns.set(MX, 'A', ['192.0.2.25']);
  world.exchange.setDomain(DOMAIN, { mx: MX });
  prepareZone(dns, OTHER, OTHER_MX);
  // Who is asked and who looks are two processes, which know of each other by Redis alone.
  for (const role of ['bot', 'worker']) await world.startBellhop(role, { BELLHOP_APPROVALS: '2' });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  for (const { name } of world.users) await userWhen(world, name, 'Synced');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const said = async (text: string, person = 'Operator A'): Promise<string> =>
  wordsOf(await sayInChannel(world, text, person));

const cutover = (): Promise<CutoverView> => viewOf<CutoverView>(world, 'cutover', 'demo');
const reached = (state: CutoverState): Promise<CutoverView> =>
  waitUntil(cutover, (view) => view.state === state, 90_000);

/** What was found of a domain, or of both together. */
const check = (view: CutoverView, name: string, domain = DOMAIN) =>
  view.checks.find(({ name: each, found }) => each === name && (found['domain'] ?? domain) === domain);

/** Asks for the go-ahead of a step; answers the id of the question. */
async function asks(step: string): Promise<string> {
  const answer = await said(`go ahead demo ${step}`);
  return /Approval ([0-9A-F]{6})/.exec(answer)?.[1] ?? answer;
}

async function goAhead(step: string): Promise<void> {
  const id = await asks(step);
  await said(`approve ${id}`, 'Approver A');
  expect(await said(`approve ${id}`, 'Approver B')).toContain('Approved and done');
}

test('it begins at the first step, for operators only, once', async () => {
  expect(await said('start cutover demo settle=5m', 'Viewer A')).toContain('operator');
  expect(await said('start cutover demo domain=northwind.example')).toContain('It is not clear which domain');
  expect(await said('cutover demo')).toContain('has no cutover');

  expect(await said('start cutover demo settle=5m')).toContain('Cutover of demo');

  expect(await said('start cutover demo')).toContain('started already');
  expect((await cutover()).domain).toBe(`${DOMAIN}, ${OTHER}`);
  const view = await reached('mx-ttl-lowered');
  expect(view.steps.slice(0, 3).map(({ state }) => state)).toEqual(['done', 'done', 'current']);
});

test('no step is left out, and none is done twice', async () => {
  for (const step of ['mx-switched', 'complete', 'source-may-go'])
    expect(await said(`go ahead demo ${step}`)).toContain('not at this step');
  expect(await said('confirm step demo people-informed')).toContain('not at this step');
  expect(await said('confirm step demo mx-ttl-lowered')).toContain('does not allow that');
  expect(await said('go ahead demo mx-ttl-lowered')).toContain('does not allow that');
  expect(await said('waive step demo verify-domain because')).toContain('not at this step');
  expect(await said('waive step demo mx-ttl-lowered')).toContain('a reason');
  expect(await said('complete batch demo')).toContain('A cutover of this batch is under way');
  expect((await cutover()).state).toBe('mx-ttl-lowered');
});

test('a short TTL counts when every server of the zone has it and the old one has passed', async () => {
  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60, only: NS1 });
  const half = await waitUntil(cutover, (view) => check(view, 'mx-ttl') !== undefined);
  expect(check(half, 'mx-ttl')).toMatchObject({ passed: false, found: { ttl: 3700 } });
  expect(check(half, 'mx-ttl', OTHER)).toMatchObject({ passed: true });

  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60, only: NS2 });
  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60 });

  const waiting = await waitUntil(cutover, (view) => check(view, 'mx-ttl')?.passed === true);
  expect(check(waiting, 'mx-ttl-waited')).toMatchObject({ passed: false, found: { oldTtl: 3700 } });
  expect(waiting.waitsUntil).not.toBeNull();
  await reached('people-informed');
  // Somebody is needed: an edit would ring no bell, so the card is posted anew.
  await world.teams.waitFor(
    (message) => message.editedAt === undefined && wordsOf(message).includes('step 5 of 12'),
    20_000,
  );
});

test('paused, nothing moves; one step back, it rests there', async () => {
  expect(await said('pause cutover demo lunch')).toContain('lunch');
  expect(await said('confirm step demo people-informed')).toContain('Somebody paused');
  await said('continue cutover demo');
  expect(await said('back cutover demo')).toContain('Rests');
  expect(await cutover()).toMatchObject({ state: 'converge', status: 'paused' });
  await said('continue cutover demo');

  await reached('people-informed');
  expect(await said('confirm step demo people-informed', 'Viewer A')).toContain('operator');
  await said('confirm step demo people-informed');

  const view = await reached('mx-switched');
  expect(view.steps[4]).toMatchObject({ state: 'done', who: 'Operator A' });
});

test('the switch: two other people, the evidence as they saw it, and no later word about another one', async () => {
  const id = await asks('mx-switched');
  expect(await said(`approve ${id}`)).toContain('approver');
  expect(await said(`approve ${id}`, 'Approver A')).toContain('1 other person');
  expect(await said(`approve ${id}`, 'Approver A')).toContain('You have decided');

  // What they looked at is not what it was: what the first one agreed to is void.
  dns.set(DOMAIN, 'TXT', ['v=spf1 mx include:spf.protection.outlook.com -all']);
  expect(await said(`approve ${id}`, 'Approver B')).toContain('The plan changed');
  expect((await cutover()).goAhead).toBeNull();

  const next = (await cutover()).approval ?? '';
  expect(next).not.toBe(id);
  await said(`approve ${next}`, 'Approver A');
  expect(await said(`approve ${next}`, 'Approver B')).toContain('Approved and done');
  expect((await cutover()).goAhead).toMatchObject({ by: 'Operator A' });
});

test('a host without an address, one server that lags, an old host in front: the MX is not switched', async () => {
  dns.set(DOMAIN, 'MX', [`0 ${MX}`, '10 mail.contoso.example'], { ttl: 60, only: NS1 });
  const lagging = await waitUntil(cutover, (view) =>
    JSON.stringify(check(view, 'mx-switched')?.found['hosts'] ?? '').includes(MX),
  );
  expect(check(lagging, 'mx-switched')).toMatchObject({ passed: false });
  expect(lagging.state).toBe('mx-switched');

  for (const only of [NS2, undefined])
    dns.set(DOMAIN, 'MX', [`0 ${MX}`, '10 mail.contoso.example'], { ttl: 60, ...(only === undefined ? {} : { only }) });
  await waitUntil(cutover, (view) => check(view, 'mx-switched')?.passed === true);
});

test('the MX of one domain is switched, the other is not: agreed to or not, the step does not pass; with both it does', async () => {
  const questions = (): number => dns.asked(NS1).filter((question) => question === `MX ${OTHER}`).length;
  const before = questions();
  // The worker looks again and again, and finds the same.
  const half = await waitUntil(cutover, () => questions() >= before + 3);

  expect(half).toMatchObject({ state: 'mx-switched', proven: false, goAhead: { by: 'Operator A' } });
  expect(check(half, 'mx-switched')).toMatchObject({ passed: true });
  expect(check(half, 'mx-switched', OTHER)).toMatchObject({ passed: false });
  const card = (await said('cutover demo')).replaceAll(/[\s│▎]+/g, ' ');
  expect(card).toContain(`MX of ${OTHER}: ${OTHER_MX}`);
  expect(card).not.toContain(`MX of ${DOMAIN}:`);
  // Mail of one of them is in the target by now.
  expect(await said('back cutover demo')).toContain('no way back');

  dns.set(OTHER, 'MX', [`0 ${OTHER_MX}`], { ttl: 60 });

  await reached('old-mx-gone');
  expect(await said('back cutover demo')).toContain('no way back');
  expect(await said('cancel cutover demo too late')).toContain('no way back');
});

test('late mail is brought over, and told with its sender and the hosts it came by', async () => {
  await using mailbox = await editMailbox(world.source, { name: 'info', password: passwordOf('info') });
  const late = plainMail('late-mail', ['INBOX']);
  const received = [
    'Received: from copier.fabrikam.example (copier.fabrikam.example [192.0.2.77])',
    '\tby mail.contoso.example with ESMTP; Sat, 28 Nov 2026 10:00:00 +0000',
    '',
  ].join('\r\n');
  await mailbox.append({
    ...late,
    raw: Buffer.concat([Buffer.from(received), late.raw]),
    internalDate: new Date(Date.now() + 2000),
  });
  await world.bellhop('sync', 'now', 'demo');

  const view = await waitUntil(cutover, ({ late }) => late.count > 0, 60_000);

  expect(view.late.messages).toMatchObject([
    {
      user: addressOf('info'),
      folder: 'INBOX',
      from: 'ada@fabrikam.example',
      hosts: ['copier.fabrikam.example [192.0.2.77]'],
    },
  ]);
  const told = await said('late mail demo');
  expect(told).toContain('copier.fabrikam.example');
  // In a channel nobody reads who wrote to whom.
  expect(told).not.toContain('ada@fabrikam.example');
  const subjects = world.exchange.mailboxes
    .folders(addressOf('info'))
    .flatMap(({ items }) => items.map(({ subject }) => subject));
  expect(subjects).toContain('late-mail');
});

test('the old MX has to be gone and the time to settle over; then everything is synced and compared to the end', async () => {
  const both = await waitUntil(cutover, (view) => check(view, 'mx-old-gone', OTHER)?.passed === true);
  expect(check(both, 'mx-old-gone')).toMatchObject({ passed: false });
  for (const only of [NS1, NS2, undefined])
    dns.set(DOMAIN, 'MX', [`0 ${MX}`], { ttl: 60, ...(only === undefined ? {} : { only }) });

  const view = await reached('complete');

  expect(view.steps.slice(0, 9).every(({ state }) => state === 'done')).toBe(true);
  expect(view.steps.every(({ evidence, state }) => state !== 'done' || evidence !== null)).toBe(true);
  expect((await checkMigration(planOf(world))).findings).toEqual([]);
});

test('complete: the batch is completed and no password is left; the old server goes when it does not answer', async () => {
  await goAhead('complete');
  const completed = await reached('source-may-go');
  expect(completed.steps[9]).toMatchObject({ state: 'done', who: 'Operator A' });
  expect((await viewOf<BatchView>(world, 'status', 'demo')).status).toBe('Completed');

  await goAhead('source-may-go');
  await reached('source-dismantled');
  expect(await said('confirm step demo source-dismantled')).toContain('lacks: an old server');
  await world.source.stop();
  await said('confirm step demo source-dismantled');

  expect(await reached('finished')).toMatchObject({ status: 'finished', supportedActions: [] });
  // What was agreed to and done is not asked about again.
  expect(await said('go ahead demo complete')).toContain('The cutover is over');
});
