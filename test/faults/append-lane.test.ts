import { expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import type { CheckView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { readExchangeStore } from '../checker/read-exchange-store.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Signed mail in two equal copies each, so that an item appended once too often or too rarely shows. */
const MAILS = Array.from({ length: 12 }, (_, at) => signedMail(`contract-${Math.floor(at / 2)}`));

async function prepare(): Promise<SandboxWorld> {
  const world = await startSandbox({ users: [{ name: 'info', mails: 0 }], appendLane: true });
  await fillMailbox(world.source, 'info', [], MAILS);
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  return world;
}

const items = (world: SandboxWorld) => readExchangeStore(world.exchangeDirectory, addressOf('info'));

async function expectEveryByte(world: SandboxWorld): Promise<void> {
  const user = await userWhen(world, 'info', 'Synced', 90_000);
  expect(user.items).toMatchObject({ source: MAILS.length, copied: MAILS.length, pending: 0 });
  expect(user.dataConsistencyScore).toBe('Perfect');
  const { findings, mailboxes } = await checkMigration(planOf(world));
  expect(findings).toEqual([]);
  expect(mailboxes[0]).toMatchObject({ byMarker: MAILS.length, lost: 0, doubled: 0 });
  expect(items(world).filter(({ rawHash }) => rawHash !== undefined)).toHaveLength(MAILS.length);
}

test('P1: a worker killed between APPEND and marker finds its items again and appends none twice', async () => {
  await using world = await prepare();
  const held = world.exchange.faults.add({ action: 'silence', method: 'PATCH', pathMatches: '/messages/', times: 'always' }); // prettier-ignore
  const worker = await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');
  await waitUntil(
    async () => items(world).filter(({ marker }) => marker === undefined).length,
    (unmarked) => unmarked > 0 && held.hits > 0,
  );

  await worker.stop('SIGKILL');
  world.exchange.faults.clear();
  await world.startBellhop('worker');

  await expectEveryByte(world);
});

test('T2: the connection is cut after APPEND, again and again: nothing lost, nothing twice, healed without a person', async () => {
  await using world = await prepare();
  world.exchange.faults.set({ imapCutAfterAppend: 4, imapThrottled: 2, filterDelay: 100 });
  await world.startBellhop('worker');

  await world.bellhop('start', 'batch', 'demo');

  await expectEveryByte(world);
  expect(world.exchange.faults.switches.imapCutAfterAppend).toBe(0);
  const before = items(world).map(({ version }) => version);
  await syncAgain(world, 'info');
  expect(items(world).map(({ version }) => version)).toEqual(before);
});

test('check batch says which mailboxes the append lane reaches', async () => {
  await using world = await prepare();
  await world.startBellhop('worker');
  const check = async () => {
    const { notes } = await viewOf<CheckView>(world, 'check', 'batch', 'demo');
    return notes.map(({ kind }) => kind);
  };

  expect(await check()).toEqual(['append-lane']);
  world.exchange.faults.set({ imapNotConnected: [addressOf('info')] });
  expect(await check()).toEqual(['append-lane-missing']);
});

function signedMail(name: string): ReturnType<typeof plainMail> {
  const mail = plainMail(name, ['Contracts']);
  const [head = ''] = mail.raw.toString('latin1').split('\r\n\r\n');
  const headers = head.replaceAll(/^(?:content-type|content-transfer-encoding|mime-version):.*\r?\n?/gim, '').trimEnd();
  const body = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"; micalg=sha-256',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    name,
    '--b',
    'Content-Type: application/pkcs7-signature; name=smime.p7s',
    'Content-Transfer-Encoding: base64',
    '',
    'bm90IGEgcmVhbCBzaWduYXR1cmU=',
    '--b--',
    '',
  ];
  return { ...mail, raw: Buffer.from([headers, ...body].join('\r\n'), 'latin1') };
}
