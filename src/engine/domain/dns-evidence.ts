import {
  type DnsAnswer,
  type DnsQuestion,
  type DnsSurvey,
  type DnsType,
  authorities,
  dnsName,
  recordsOf,
} from './dns-records.ts';
import type { Check } from './evidence.ts';

/**
 * A domain as the target has it, with the records it asks for. The names come from the target and from nowhere else:
 * Exchange Online gives new domains hosts of more than one pattern (serviceConfigurationRecords,
 * https://learn.microsoft.com/graph/api/domain-list-serviceconfigurationrecords).
 */
export interface TargetDomain {
  readonly name: string;
  readonly isVerified: boolean;
  /** Email is among its services. */
  readonly takesMail: boolean;
  readonly mx: readonly { readonly host: string; readonly preference: number }[];
  readonly spf?: string;
  readonly autodiscover?: { readonly name: string; readonly host: string };
}

/** MX records may live this long at most before the switch, in seconds. */
export const LONGEST_MX_TTL = 3600;
/** More lookups make an SPF record void (RFC 7208 section 4.6.4). */
const MOST_SPF_LOOKUPS = 10;

/** What servers say about a domain now. */
export type DnsPicture = ReadonlyMap<string, DnsSurvey>;

/** Everything that is asked about a domain. */
export function questionsFor(domain: string, expected: TargetDomain | undefined): readonly DnsQuestion[] {
  const hosts = expected?.mx.map(({ host }) => host) ?? [];
  return [
    { name: domain, type: 'MX' },
    { name: domain, type: 'TXT' },
    { name: `_dmarc.${domain}`, type: 'TXT' },
    { name: `selector1._domainkey.${domain}`, type: 'CNAME' },
    { name: `selector2._domainkey.${domain}`, type: 'CNAME' },
    { name: expected?.autodiscover?.name ?? `autodiscover.${domain}`, type: 'CNAME' },
    ...hosts.flatMap((name) => [{ name, type: 'A' } as const, { name, type: 'AAAA' } as const]),
  ];
}

/** The answers by question. */
export function pictureOf(questions: readonly DnsQuestion[], surveys: readonly DnsSurvey[]): DnsPicture {
  return new Map(
    questions.flatMap(({ name, type }, at) => {
      const survey = surveys[at];
      return survey === undefined ? [] : [[`${type} ${dnsName(name)}`, survey] as const];
    }),
  );
}

function look(picture: DnsPicture, type: DnsType, name: string): DnsSurvey {
  return picture.get(`${type} ${dnsName(name)}`) ?? { name, type, answers: [] };
}

/** Servers that gave no usable answer. */
function silent(answers: readonly DnsAnswer[]): readonly string[] {
  return answers.filter(({ outcome }) => outcome === 'failed').map(({ server }) => server);
}

// A zone without servers, or one that is silent, proves nothing: it may say anything tomorrow.
function allSay(answers: readonly DnsAnswer[], says: (answer: DnsAnswer) => boolean): boolean {
  return answers.length > 0 && answers.every((answer) => answer.outcome !== 'failed' && says(answer));
}

/** Highest TTL of the MX records at the servers of the zone, in seconds; undefined when none of them says any. */
export function highestMxTtl(picture: DnsPicture, domain: string): number | undefined {
  const ttls = authorities(look(picture, 'MX', domain))
    .flatMap((answer) => recordsOf(answer, 'MX'))
    .map(({ ttl }) => ttl);
  return ttls.length === 0 ? undefined : Math.max(...ttls);
}

/** Hosts mail goes to now, by the servers of the zone. */
export function mxHosts(picture: DnsPicture, domain: string): readonly string[] {
  const records = authorities(look(picture, 'MX', domain)).flatMap((answer) => recordsOf(answer, 'MX'));
  return [...new Set(records.map(({ value }) => value))].sort();
}

/** Every MX lives shortly, at every server of the zone. */
export function mxTtlCheck(picture: DnsPicture, domain: string): Check {
  const answers = authorities(look(picture, 'MX', domain));
  const passed = allSay(answers, (answer) => {
    const records = recordsOf(answer, 'MX');
    return records.length > 0 && records.every(({ ttl }) => ttl <= LONGEST_MX_TTL);
  });
  const ttl = highestMxTtl(picture, domain) ?? 0;
  return { name: 'mx-ttl', passed, required: true, found: { ttl, servers: answers.length, silent: silent(answers) } };
}

/** Every server of the zone and every resolver sends mail to the target first. */
export function mxSwitchedCheck(picture: DnsPicture, domain: string, { mx }: TargetDomain): Check {
  const { answers } = look(picture, 'MX', domain);
  const elsewhere = answers.filter((answer) => answer.outcome !== 'failed' && !leadsToTarget(answer, mx));
  const passed =
    mx.length > 0 &&
    authorities({ name: domain, type: 'MX', answers }).length > 0 &&
    allSay(answers, (answer) => leadsToTarget(answer, mx));
  return {
    name: 'mx-switched',
    passed,
    required: true,
    found: {
      expected: mx.map(({ host }) => dnsName(host)).sort(),
      hosts: mxHosts(picture, domain),
      servers: answers.length,
      elsewhere: elsewhere.map(({ server }) => server).sort(),
      silent: silent(answers),
    },
  };
}

function leadsToTarget(answer: DnsAnswer, mx: TargetDomain['mx']): boolean {
  const records = recordsOf(answer, 'MX');
  const expected = new Set(mx.map(({ host }) => dnsName(host)));
  const best = Math.min(...records.map(({ preference = 0 }) => preference));
  const first = records.filter(({ preference = 0 }) => preference === best);
  return first.length > 0 && first.every(({ value }) => expected.has(value));
}

/** The host mail is to go to is there: an MX that leads to no address loses mail, whatever a portal says. */
export function mxHostCheck(picture: DnsPicture, { mx }: TargetDomain): Check {
  const without = mx
    .map(({ host }) => host)
    .filter((host) => !(['A', 'AAAA'] as const).some((type) => hasRecords(look(picture, type, host), type)));
  const hosts = mx.map(({ host }) => host).sort();
  return { name: 'mx-host', passed: mx.length > 0 && without.length === 0, required: true, found: { hosts, without } };
}

function hasRecords({ answers }: DnsSurvey, type: DnsType): boolean {
  return answers.some((answer) => recordsOf(answer, type).length > 0);
}

/** No server sends mail anywhere else any more. */
export function mxOldGoneCheck(picture: DnsPicture, domain: string, { mx }: TargetDomain): Check {
  const { answers } = look(picture, 'MX', domain);
  const expected = new Set(mx.map(({ host }) => dnsName(host)));
  const others = (answer: DnsAnswer): readonly string[] =>
    recordsOf(answer, 'MX')
      .map(({ value }) => value)
      .filter((host) => !expected.has(host));
  const passed = allSay(answers, (answer) => answer.outcome === 'answered' && others(answer).length === 0);
  const found = { others: [...new Set(answers.flatMap(others))].sort(), silent: silent(answers) };
  return { name: 'mx-old-gone', passed, required: true, found };
}

/** Exactly one SPF record, which includes the target, with few enough lookups of its own. */
export function spfCheck(picture: DnsPicture, domain: string, { spf }: TargetDomain): Check {
  const answers = authorities(look(picture, 'TXT', domain));
  const wanted = includesOf(spf ?? '');
  const records = new Set(answers.flatMap((answer) => texts(answer, 'v=spf1')));
  const passed = allSay(answers, (answer) => {
    const [record, ...more] = texts(answer, 'v=spf1');
    if (record === undefined || more.length > 0) return false;
    const has = includesOf(record);
    return wanted.every((each) => has.includes(each)) && lookupsOf(record) <= MOST_SPF_LOOKUPS;
  });
  const [first = ''] = records;
  const missing = wanted.filter((each) => !includesOf(first).includes(each));
  return { name: 'spf', passed, required: false, found: { records: records.size, missing, lookups: lookupsOf(first) } };
}

function texts(answer: DnsAnswer, begin: string): readonly string[] {
  return recordsOf(answer, 'TXT')
    .map(({ value }) => value)
    .filter(
      (value) =>
        value.toLowerCase() === begin ||
        value.toLowerCase().startsWith(`${begin} `) ||
        value.toLowerCase().startsWith(`${begin};`),
    );
}

function includesOf(record: string): readonly string[] {
  return [...record.toLowerCase().matchAll(/(?:^|\s)\+?include:\s?(\S+)/g)].map(([, host = '']) => host);
}

function lookupsOf(record: string): number {
  const terms = record.toLowerCase().split(/\s+/).slice(1);
  return terms.filter((term) => /^[+?~-]?(include:|a$|a[:/]|mx$|mx[:/]|ptr$|ptr:|exists:)|^redirect=/.test(term))
    .length;
}

/** Both selectors of the target are delegated. Where to is the target's affair. */
export function dkimCheck(picture: DnsPicture, domain: string): Check {
  const selectors = ['selector1', 'selector2'];
  const missing = selectors.filter((selector) => {
    const survey = look(picture, 'CNAME', `${selector}._domainkey.${domain}`);
    return !allSay(authorities(survey), (answer) => recordsOf(answer, 'CNAME').length > 0);
  });
  return { name: 'dkim', passed: missing.length === 0, required: false, found: { missing } };
}

/** Exactly one DMARC record, with a policy. */
export function dmarcCheck(picture: DnsPicture, domain: string): Check {
  const answers = authorities(look(picture, 'TXT', `_dmarc.${domain}`));
  const records = new Set(answers.flatMap((answer) => texts(answer, 'v=dmarc1')));
  const [first = ''] = records;
  const policy = /;\s*p\s*=\s*(none|quarantine|reject)\b/i.exec(first)?.[1]?.toLowerCase() ?? '';
  const passed = records.size === 1 && policy !== '' && silent(answers).length === 0;
  return { name: 'dmarc', passed, required: false, found: { records: records.size, policy } };
}

/** Outlook finds the new mailboxes. */
export function autodiscoverCheck(picture: DnsPicture, { autodiscover, name }: TargetDomain): Check {
  const asked = autodiscover?.name ?? `autodiscover.${name}`;
  const answers = authorities(look(picture, 'CNAME', asked));
  const hosts = [...new Set(answers.flatMap((answer) => recordsOf(answer, 'CNAME').map(({ value }) => value)))];
  const expected = autodiscover === undefined ? '' : dnsName(autodiscover.host);
  const passed =
    expected !== '' && allSay(answers, (answer) => recordsOf(answer, 'CNAME').some(({ value }) => value === expected));
  return { name: 'autodiscover', passed, required: false, found: { expected, hosts } };
}
