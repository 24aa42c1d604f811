import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type LocalDns, startLocalDns } from '../../sandbox/dns/local-dns.ts';
import { dnsSurveyor } from '../../src/dns/dns-surveyor.ts';
import { isPublic } from '../../src/dns/public-address.ts';
import { parseResolver } from '../../src/dns/resolver-address.ts';
import type { DnsSurvey, DnsType } from '../../src/engine/domain/dns-records.ts';

const [NS1, NS2, RESOLVER] = ['127.0.0.11', '127.0.0.12', '127.0.0.1'];
let dns: LocalDns;

beforeAll(async () => {
  dns = await startLocalDns({ authorities: 2, resolvers: 2 });
});
afterAll(() => dns[Symbol.asyncDispose]());
beforeEach(() => {
  dns.addZone('example.com');
  for (const server of [NS1, NS2, RESOLVER]) dns.behave(server, 'well');
});

async function survey(name: string, type: DnsType): Promise<DnsSurvey> {
  const surveyor = dnsSurveyor({ resolvers: dns.resolvers.split(','), sandboxPort: dns.port });
  const [found] = await surveyor.survey([{ name, type }]);
  if (found === undefined) throw new Error('a question has an answer');
  return found;
}

test('MX: every server of the zone and every resolver is asked, with TTL and preference', async () => {
  dns.set('mx.example.com', 'MX', ['10 Mail.Example.COM', '20 backup.example.com'], { ttl: 86_400 });
  dns.set('mx.example.com', 'MX', ['10 mail.example.com'], { ttl: 300, only: NS2 });

  const { answers } = await survey('mx.example.com', 'MX');

  expect(answers).toMatchObject([
    { server: 'ns1.example.com', authoritative: true, outcome: 'answered' },
    { server: 'ns2.example.com', authoritative: true, outcome: 'answered' },
    { server: '127.0.0.1', authoritative: false, outcome: 'answered' },
    { server: '127.0.0.2', authoritative: false, outcome: 'answered' },
  ]);
  expect(answers[0]?.records).toEqual([
    { type: 'MX', preference: 10, value: 'mail.example.com', ttl: 86_400 },
    { type: 'MX', preference: 20, value: 'backup.example.com', ttl: 86_400 },
  ]);
  expect(answers[1]?.records).toEqual([{ type: 'MX', preference: 10, value: 'mail.example.com', ttl: 300 }]);
});

test('an answer too long for a datagram comes by TCP, texts of several strings are one', async () => {
  const long = `v=spf1 ${'include:a-quite-long-host-name.example.com '.repeat(30)}-all`;
  dns.set('example.com', 'TXT', [long, 'another']);

  const { answers } = await survey('example.com', 'TXT');

  expect(answers.map(({ records }) => records.map(({ value }) => value))).toEqual(answers.map(() => [long, 'another']));
  expect(dns.asked(NS1).filter((each) => each === 'TXT example.com')).toHaveLength(2);
});

test('A, AAAA, CNAME, a name that is not there, and a name without records of the type', async () => {
  dns.set('host.example.com', 'A', ['192.0.2.7']);
  dns.set('host.example.com', 'AAAA', ['2001:0db8:0000:0000:0000:0000:0000:0007']);
  dns.set('autodiscover.example.com', 'CNAME', ['autodiscover.outlook.com']);

  expect((await survey('host.example.com', 'A')).answers[0]?.records[0]?.value).toBe('192.0.2.7');
  expect((await survey('host.example.com', 'AAAA')).answers[0]?.records[0]?.value).toMatch(/^2001:0db8:.*:0007$/);
  expect((await survey('autodiscover.example.com', 'CNAME')).answers[0]).toMatchObject({
    records: [{ type: 'CNAME', value: 'autodiscover.outlook.com' }],
  });
  expect((await survey('nowhere.example.com', 'MX')).answers[0]).toMatchObject({ outcome: 'no-such-name' });
  expect((await survey('host.example.com', 'MX')).answers[0]).toMatchObject({ outcome: 'no-records', records: [] });
});

test.each([
  ['silent', 'no answer'],
  ['garbage', 'no answer'],
  ['refused', 'it answers with code 5'],
  ['failing', 'it answers with code 2'],
  ['lame', 'it does not serve the zone'],
] as const)('a name server that is %s is an answer without records; the others count', async (mood, detail) => {
  dns.set('example.com', 'MX', ['10 mail.example.com']);
  dns.behave(NS2, mood);

  const { answers } = await survey('example.com', 'MX');

  expect(answers.map(({ outcome }) => outcome)).toEqual(['answered', 'failed', 'answered', 'answered']);
  expect(answers[1]).toMatchObject({ records: [], detail });
});

test('a forged datagram with another number is passed over', async () => {
  dns.set('example.com', 'MX', ['10 mail.example.com']);
  dns.behave(NS1, 'forged');

  expect((await survey('example.com', 'MX')).answers[0]?.records[0]?.value).toBe('mail.example.com');
});

test('a resolver that is silent is passed over when the name servers are looked for', async () => {
  dns.set('example.com', 'MX', ['10 mail.example.com']);
  dns.behave(RESOLVER, 'silent');

  const { answers } = await survey('example.com', 'MX');

  expect(answers.map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'failed', 'answered']);
}, 60_000);

test('outside of a sandbox no name server on a private address is asked', async () => {
  dns.set('example.com', 'MX', ['10 mail.example.com']);
  const surveyor = dnsSurveyor({ resolvers: dns.resolvers.split(',') });
  const before = dns.asked(NS1).length;

  const [found] = await surveyor.survey([{ name: 'example.com', type: 'MX' }]);

  expect(found?.answers[0]).toMatchObject({ outcome: 'failed', detail: 'not an address of the Internet' });
  expect(dns.asked(NS1)).toHaveLength(before);
});

test('a name DNS cannot carry is an answer without records, too', async () => {
  const { answers } = await survey(`${'a'.repeat(64)}.example.com`, 'MX');

  expect(answers.every(({ outcome }) => outcome === 'failed')).toBe(true);
});

test('addresses of the Internet and resolvers are told from others', () => {
  expect(['192.0.2.1', '8.8.8.8', '2001:4860:4860::8888'].map(isPublic)).toEqual([true, true, true]);
  expect(['127.0.0.1', '10.1.2.3', '::1', 'fe80::1', '::ffff:10.0.0.1'].map(isPublic)).toEqual(Array(5).fill(false));
  expect(parseResolver('[2001:db8::1]:5353')).toEqual({ address: '2001:db8::1', port: 5353 });
  expect(parseResolver('192.0.2.1')).toEqual({ address: '192.0.2.1', port: 53 });
  expect(['dns.example.com', '192.0.2.1:0', '192.0.2.1:99999', ''].map(parseResolver)).toEqual(
    Array(4).fill(undefined),
  );
});
