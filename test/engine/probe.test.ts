import { afterAll, beforeAll, expect, test } from 'vitest';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type LocalSmtp, type ReceivedMail, startLocalSmtp } from '../../sandbox/source/local-smtp.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import { probeCard } from '../../src/cards/probe-card.ts';
import { readConfig } from '../../src/config.ts';
import { addEndpoint } from '../../src/engine/endpoints.ts';
import { importUsers } from '../../src/engine/import-users.ts';
import { jobHandlers } from '../../src/engine/jobs.ts';
import { probeMail, probeView } from '../../src/engine/probe.ts';
import type { World } from '../../src/engine/ports.ts';
import type { ProbeView } from '../../src/engine/views.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import { OPERATOR, address, batchName, endpointName } from '../contracts/sample-records.ts';
import { keepingLog, systemClock } from '../store/local-redis.ts';
import { waitUntil } from '../support/wait-until.ts';

const DOMAIN = 'contoso.example';
const USER = address(addressOf('info'));

let sandbox: SandboxWorld;
let smtp: LocalSmtp;
let opened: OpenWorld;
let world: World;
let workers: { close(grace: number): Promise<void> };
let mails: ReceivedMail[] = [];
/** What whoever takes the mail does with it. */
let deliver: (mail: ReceivedMail) => Promise<void>;

beforeAll(async () => {
  sandbox = await startSandbox({ users: [{ name: 'info', mails: 3 }], timeScale: 1000 });
  trustLocalExchange(sandbox.environment['NODE_EXTRA_CA_CERTS'] ?? '');
  smtp = await startLocalSmtp({
    onMail: async (mail) => {
      mails.push(mail);
      await deliver(mail);
    },
  });
  sandbox.dns.set(`mail.${DOMAIN}`, 'A', ['127.0.0.1']);
  const environment = {
    ...sandbox.environment,
    BELLHOP_PROBE_FROM: `bellhop@${DOMAIN}`,
    BELLHOP_PROBE_PORT: String(smtp.port),
    BELLHOP_ALLOW_HOSTS: 'localhost,127.0.0.1',
  };
  opened = await openWorld(readConfig(environment, 'command'), systemClock, keepingLog());
  ({ world } = opened);
  const endpoint = endpointName('mail-hq');
  await addEndpoint(world, { name: endpoint, host: 'localhost', port: sandbox.source.tlsPort }, OPERATOR);
  const csv = Buffer.from(`EmailAddress,UserName,Password\n${USER},info,${passwordOf('info')}\n`);
  await importUsers(world, { batch: batchName('demo'), endpoint, csv, say: (problem) => problem }, OPERATOR);
  workers = await opened.queue.work(jobHandlers(world), { concurrency: 1, tick: 500, lock: 10_000 });
});
afterAll(async () => {
  await workers.close(5000);
  await opened[Symbol.asyncDispose]();
  await smtp[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

async function probed(): Promise<ProbeView> {
  mails = [];
  const { request } = await probeMail(world, USER, OPERATOR);
  // Asked for twice while it runs, it is one.
  expect((await probeMail(world, USER, OPERATOR)).request).toBe(request);
  return waitUntil(
    () => probeView(world, USER, request),
    ({ done }) => done === 1,
  );
}

async function toOldServer({ raw }: ReceivedMail): Promise<void> {
  await using mailbox = await editMailbox(sandbox.source, { name: 'info', password: passwordOf('info') });
  await mailbox.append({ raw, folder: ['INBOX'], internalDate: new Date(), flags: [] });
}

async function toTenant({ raw, to }: ReceivedMail): Promise<void> {
  const recipient = await world.target.find(address(to));
  if (recipient === undefined) throw new Error('there is no mailbox');
  await using mailbox = await world.target.open(recipient);
  const inbox = (await mailbox.listFolders()).find(({ wellKnown }) => wellKnown === 'inbox');
  const flags = { read: false, answered: false, flagged: false, draft: false, forwarded: false, keywords: [] };
  const message = { raw, marker: 'transport', flags, categories: [] };
  await mailbox.importMessage(inbox?.id ?? '', message, new AbortController().signal);
}

test('forwarding that works: one mail by the MX, found in both mailboxes', async () => {
  deliver = async (mail) => {
    await toOldServer(mail);
    await toTenant(mail);
  };

  const view = await probed();

  expect(view).toMatchObject({ outcome: 'taken', host: `mail.${DOMAIN}`, blind: [] });
  expect(view.arrivals.map(({ where }) => where).toSorted()).toEqual(['source', 'target']);
  expect(mails.map(({ from, to }) => [from, to])).toEqual([[`bellhop@${DOMAIN}`, USER]]);
  expect(JSON.stringify(probeCard(view))).toContain('It came out in **both** mailboxes');
});

test('forwarding that is not there: it comes out in one mailbox alone, and which one is told', async () => {
  deliver = toTenant;

  const view = await probed();

  expect(view.arrivals.map(({ where }) => where)).toEqual(['target']);
  expect(JSON.stringify(probeCard(view))).toContain('It came out in the **new** mailbox');
});

test('taken and swallowed: it is said that it is nowhere', async () => {
  deliver = async () => undefined;

  const view = await probed();

  expect(view).toMatchObject({ outcome: 'taken', arrivals: [], blind: [] });
  expect(JSON.stringify(probeCard(view))).toContain('it is in neither mailbox');
});

test('an MX that takes nothing, and a domain without one', async () => {
  deliver = async () => Promise.reject(new Error('full'));
  expect(await probed()).toMatchObject({ outcome: 'refused', reply: '451 4.3.0 try again' });

  sandbox.dns.set(DOMAIN, 'MX', []);
  expect(await probed()).toMatchObject({ outcome: 'no-mx', host: null });
});

test('where nobody is named to send from, nothing is sent', async () => {
  const without: World = { ...world, probes: { ...world.probes, from: undefined } };

  await expect(probeMail(without, USER, OPERATOR)).rejects.toMatchObject({ code: 'ProbesNotSetUp' });
});
