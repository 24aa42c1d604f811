import { describe, expect, test } from 'vitest';
import {
  type DnsPicture,
  type TargetDomain,
  autodiscoverCheck,
  dkimCheck,
  dmarcCheck,
  highestMxTtl,
  mxHostCheck,
  mxHosts,
  mxOldGoneCheck,
  mxSwitchedCheck,
  mxTtlCheck,
  pictureOf,
  questionsFor,
  spfCheck,
} from '../../src/engine/domain/dns-evidence.ts';
import type { DnsAnswer, DnsRecord, DnsType } from '../../src/engine/domain/dns-records.ts';
import { allPassed, evidenceHash } from '../../src/engine/domain/evidence.ts';

const DOMAIN = 'example.com';
const TARGET: TargetDomain = {
  name: DOMAIN,
  isVerified: true,
  takesMail: true,
  mx: [{ host: 'example-com.mx.microsoft', preference: 0 }],
  spf: 'v=spf1 include:spf.protection.outlook.com -all',
  autodiscover: { name: 'autodiscover.example.com', host: 'autodiscover.outlook.com' },
};
const OLD = '10 mail.example.com';
const NEW = '0 example-com.mx.microsoft';

type Says = readonly string[] | 'failed' | 'no-records';

/** What ns1, ns2 and a resolver say to one question. */
function picture(type: DnsType, name: string, [ns1, ns2, resolver]: readonly Says[], ttl = 300): DnsPicture {
  const answers = [
    answer('ns1', true, ns1),
    answer('ns2', true, ns2 ?? ns1),
    answer('resolver', false, resolver ?? ns1),
  ];
  return pictureOf([{ name, type }], [{ name, type, answers }]);

  function answer(server: string, authoritative: boolean, says: Says = []): DnsAnswer {
    if (typeof says === 'string') return { server, authoritative, outcome: says, records: [] };
    const records = says.map((value): DnsRecord => {
      if (type !== 'MX') return { type, value, ttl };
      const [preference, host = ''] = value.split(' ');
      return { type, value: host, preference: Number(preference), ttl };
    });
    return { server, authoritative, outcome: 'answered', records };
  }
}

const mx = (says: readonly Says[], ttl?: number): DnsPicture => picture('MX', DOMAIN, says, ttl);

describe('MX', () => {
  test.each<[string, readonly Says[], boolean]>([
    ['all say the target', [[NEW]], true],
    ['the target first, the old one behind', [[NEW, OLD]], true],
    ['the old one first', [['0 mail.example.com', '10 example-com.mx.microsoft']], false],
    ['both alike', [[NEW, '0 mail.example.com']], false],
    ['one server of the zone still says the old one', [[NEW], [OLD], [NEW]], false],
    ['a resolver still says the old one', [[NEW], [NEW], [OLD]], false],
    ['one server of the zone is silent', [[NEW], 'failed', [NEW]], false],
    ['a resolver is silent', [[NEW], [NEW], 'failed'], false],
    ['no MX at all', ['no-records'], false],
    ['a host of the common pattern that Graph did not name', [['0 example-com.mail.protection.outlook.com']], false],
  ])('switched: %s -> %#', (_what, says, passed) => {
    expect(mxSwitchedCheck(mx(says), DOMAIN, TARGET).passed).toBe(passed);
  });

  test('switched: nobody was found to ask, or Graph names no host -> not', () => {
    expect(mxSwitchedCheck(new Map(), DOMAIN, TARGET).passed).toBe(false);
    expect(mxSwitchedCheck(mx([[NEW]]), DOMAIN, { ...TARGET, mx: [] }).passed).toBe(false);
  });

  test('switched: only resolvers answered -> not', () => {
    const only = { ...mx([[NEW]]).get(`MX ${DOMAIN}`) };
    const answers = only.answers?.filter(({ authoritative }) => !authoritative) ?? [];
    const seen = pictureOf([{ name: DOMAIN, type: 'MX' }], [{ name: DOMAIN, type: 'MX', answers }]);
    expect(mxSwitchedCheck(seen, DOMAIN, TARGET).passed).toBe(false);
  });

  test.each<[string, readonly Says[], number, boolean]>([
    ['an hour', [[OLD]], 3600, true],
    ['a day', [[OLD]], 86_400, false],
    ['one server is silent', [[OLD], 'failed'], 300, false],
    ['no MX', ['no-records'], 300, false],
  ])('TTL: %s -> %#', (_what, says, ttl, passed) => {
    expect(mxTtlCheck(mx(says, ttl), DOMAIN).passed).toBe(passed);
  });

  test('TTL: the resolver, whose TTL counts down, does not count', () => {
    const seen = mx([[OLD]], 86_400);
    expect(highestMxTtl(seen, DOMAIN)).toBe(86_400);
    expect(mxHosts(seen, DOMAIN)).toEqual(['mail.example.com']);
  });

  test.each<[string, readonly Says[], boolean]>([
    ['the target alone', [[NEW]], true],
    ['the old one behind it', [[NEW, OLD]], false],
    ['the old one at one server', [[NEW], [NEW, OLD]], false],
    ['the old one in a resolver', [[NEW], [NEW], [NEW, OLD]], false],
    ['a silent server', [[NEW], 'failed'], false],
  ])('old one gone: %s -> %#', (_what, says, passed) => {
    expect(mxOldGoneCheck(mx(says), DOMAIN, TARGET).passed).toBe(passed);
  });

  test('the host has an address of either kind, or mail is lost', () => {
    const host = 'example-com.mx.microsoft';
    expect(mxHostCheck(picture('A', host, [['192.0.2.1']]), TARGET).passed).toBe(true);
    expect(mxHostCheck(picture('AAAA', host, [['2001:db8::1']]), TARGET).passed).toBe(true);
    expect(mxHostCheck(new Map(), TARGET)).toMatchObject({ passed: false, found: { without: [host] } });
  });
});

describe('SPF, DKIM, DMARC, Autodiscover', () => {
  test.each<[string, readonly string[], boolean]>([
    ['the target alone', ['v=spf1 include:spf.protection.outlook.com -all'], true],
    ['with others', ['v=spf1 ip4:192.0.2.1 include:spf.protection.outlook.com ~all', 'MS=ms1'], true],
    ['without the target', ['v=spf1 mx -all'], false],
    ['two records', ['v=spf1 include:spf.protection.outlook.com -all', 'v=spf1 mx -all'], false],
    ['none', ['google-site-verification=1'], false],
    ['another version', ['v=spf10 include:spf.protection.outlook.com -all'], false],
    [
      'eleven lookups',
      [
        `v=spf1 include:spf.protection.outlook.com ${Array.from({ length: 10 }, (_, at) => `include:a${at}.example`).join(' ')} -all`,
      ],
      false,
    ],
  ])('SPF: %s -> %#', (_what, values, passed) => {
    expect(spfCheck(picture('TXT', DOMAIN, [values]), DOMAIN, TARGET).passed).toBe(passed);
  });

  test('DKIM: both selectors, wherever they lead', () => {
    const one = picture('CNAME', `selector1._domainkey.${DOMAIN}`, [['selector1.example']]);
    const two = picture('CNAME', `selector2._domainkey.${DOMAIN}`, [['selector2.example']]);
    expect(dkimCheck(new Map([...one, ...two]), DOMAIN).passed).toBe(true);
    expect(dkimCheck(one, DOMAIN)).toMatchObject({ passed: false, required: false, found: { missing: ['selector2'] } });
  });

  test('DMARC: one record with a policy', () => {
    const at = (values: readonly string[]) => dmarcCheck(picture('TXT', `_dmarc.${DOMAIN}`, [values]), DOMAIN);
    expect(at(['v=DMARC1; p=none; rua=mailto:d@example.com'])).toMatchObject({
      passed: true,
      found: { policy: 'none' },
    });
    expect(at(['v=DMARC1; rua=mailto:d@example.com']).passed).toBe(false);
    expect(at(['v=DMARC1; p=none', 'v=DMARC1; p=reject']).passed).toBe(false);
    expect(at([]).passed).toBe(false);
  });

  test('Autodiscover: the alias the target asks for', () => {
    const name = 'autodiscover.example.com';
    expect(autodiscoverCheck(picture('CNAME', name, [['autodiscover.outlook.com']]), TARGET).passed).toBe(true);
    expect(autodiscoverCheck(picture('CNAME', name, [['mail.example.com']]), TARGET).passed).toBe(false);
  });
});

test('everything is asked about once, the host of the MX by the name Graph gives', () => {
  const asked = questionsFor(DOMAIN, TARGET).map(({ name, type }) => `${type} ${name}`);
  expect(asked).toContain('A example-com.mx.microsoft');
  expect(new Set(asked).size).toBe(asked.length);
  expect(questionsFor(DOMAIN, undefined)).toHaveLength(6);
});

test('evidence: what is not required stops nothing, nothing proves nothing, and the hash follows what was found', () => {
  const ttl = mxTtlCheck(mx([[OLD]]), DOMAIN);
  const spf = spfCheck(new Map(), DOMAIN, TARGET);
  expect(allPassed([ttl, spf])).toBe(true);
  expect(allPassed([])).toBe(false);
  expect(allPassed([{ ...ttl, passed: false }])).toBe(false);
  expect(evidenceHash([ttl, spf])).toBe(evidenceHash([spf, ttl]));
  expect(evidenceHash([ttl, spf])).not.toBe(evidenceHash([mxTtlCheck(mx([[OLD]], 200), DOMAIN), spf]));
});
