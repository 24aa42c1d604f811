import { CUTOVER_STEPS, type CutoverStep, STEP_NAMES } from '../../src/engine/domain/cutover.ts';
import type { Check, CheckName } from '../../src/engine/domain/evidence.ts';
import { batchName } from '../contracts/sample-records.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import type { ApprovalView, CutoverStatus, CutoverView } from '../../src/engine/views.ts';
import { ENDLESS, HOSTILE, LONG, NOW, sampleApproval } from './sample-views.ts';

const MX = 'example-com.a-v1.mx.microsoft';
const AT = Date.parse(NOW);
const iso = (minutes: number): string => new Date(AT + minutes * 60_000).toISOString();

function check(name: CheckName, passed: boolean, found: Check['found'], required = true): Check {
  return { name, passed, required, found };
}

const HYGIENE: readonly Check[] = [
  check('spf', false, { records: 1, missing: ['spf.protection.outlook.com'], lookups: 2 }, false),
  check('dkim', true, { missing: [] }, false),
  check('dmarc', true, { records: 1, policy: 'none' }, false),
  check('autodiscover', false, { expected: 'autodiscover.outlook.com', hosts: ['mail.example.com'] }, false),
];

export const GO_AHEAD_CHECKS: readonly Check[] = [
  check('domain-verified', true, { domain: 'example.com', state: 'verified' }),
  check('mx-host', true, { hosts: [MX], without: [] }),
  check(
    'users-synced',
    false,
    { users: 480, synced: 478, left: ['old.scanner@example.com', 'leaver@example.com'] },
    false,
  ),
  check('mx-ttl', true, { ttl: 300, servers: 3, silent: [] }),
  ...HYGIENE,
];

const SWITCHED: readonly Check[] = [
  check('mx-switched', false, {
    expected: [MX],
    hosts: ['mail.example.com', MX],
    servers: 6,
    elsewhere: ['192.0.2.53', 'ns2.example.com'],
    silent: [],
  }),
  check('mx-host', true, { hosts: [MX], without: [] }),
  ...HYGIENE,
];

const SETTLING: readonly Check[] = [
  check('mx-switched', true, { expected: [MX], hosts: [MX], servers: 6, elsewhere: [], silent: [] }),
  check('mx-old-gone', false, { others: ['mail.example.com'], silent: [] }),
  check('mx-waited', false, { until: iso(3 * 1440), settle: 259_200_000 }),
];

const LATE = Array.from({ length: 12 }, (_, at) => ({
  user: `user${at}@example.com`,
  folder: 'INBOX',
  uid: 100 + at,
  at: iso(-at * 20),
  from: at % 3 === 0 ? 'scanner@printers.example' : 'billing@shop.example',
  hosts:
    at % 3 === 0
      ? ['copier-3rd-floor.example.com [192.0.2.77]']
      : ['out.shop.example [198.51.100.9]', 'app1.shop.example'],
}));

function at(step: CutoverStep, status: CutoverStatus, more: Partial<CutoverView> = {}): CutoverView {
  const index = STEP_NAMES.indexOf(step);
  return {
    identity: 'sales-1',
    domain: 'example.com',
    state: step,
    status,
    stepNumber: index + 1,
    stepCount: STEP_NAMES.length,
    users: 480,
    startedBy: 'Operator A',
    startDateTime: iso(-3000),
    since: iso(-120),
    paused: null,
    goAhead: null,
    approval: null,
    steps: STEP_NAMES.map((name, position) => ({
      step: name,
      by: CUTOVER_STEPS[name].by,
      state:
        position > index
          ? 'ahead'
          : position === index
            ? 'current'
            : name === 'initial-sync-complete'
              ? 'waived'
              : 'done',
      at: position < index ? iso(-3000 + position * 240) : null,
      who:
        position < index && CUTOVER_STEPS[name].by !== 'evidence'
          ? 'Operator A'
          : name === 'initial-sync-complete' && position < index
            ? 'Operator A'
            : null,
      reason: name === 'initial-sync-complete' && position < index ? 'Both mailboxes are empty and go away.' : null,
      evidence: position < index ? 'f'.repeat(64) : null,
    })),
    checks: [],
    proven: false,
    checkedDateTime: iso(-2),
    trouble: null,
    waitsUntil: null,
    supportedActions: ['pause'],
    late: { count: 0, messages: [] },
    asOf: NOW,
    ...more,
  };
}

/** A cutover in every state people see it in. */
export const CUTOVERS: Readonly<Record<string, CutoverView>> = {
  started: at('verify-domain', 'working', { checkedDateTime: null, supportedActions: ['pause', 'cancel'] }),
  'mx-ttl': at('mx-ttl-lowered', 'needs-dns', {
    checks: [
      check('mx-ttl', true, { ttl: 300, servers: 3, silent: [] }),
      check('mx-ttl-waited', false, { oldTtl: 86_400, until: iso(900) }),
    ],
    waitsUntil: iso(900),
    supportedActions: ['waive', 'pause', 'back', 'cancel'],
  }),
  ask: at('mx-switched', 'needs-people', {
    checks: GO_AHEAD_CHECKS,
    proven: true,
    supportedActions: ['goAhead', 'pause', 'back', 'cancel'],
  }),
  staged: at('mx-switched', 'not-ready', {
    domain: 'example.com, example.org',
    checks: [
      check('domain-verified', true, { domain: 'example.com', state: 'verified' }),
      check('domain-verified', false, { domain: 'example.org', state: 'unverified' }),
      check('mx-ttl', true, { domain: 'example.com', ttl: 300, servers: 3, silent: [] }),
      check('mx-ttl', false, { domain: 'example.org', ttl: 86_400, servers: 3, silent: [] }),
      check(
        'staged-users',
        false,
        {
          staged: 37,
          batches: ['branch-2', 'plant'],
          users: ['ann@example.org', 'zoe@example.com'],
          host: 'imap.example.com',
        },
        false,
      ),
    ],
    supportedActions: ['goAhead', 'pause', 'back', 'cancel'],
  }),
  'two-domains': at('mx-switched', 'needs-dns', {
    domain: 'example.com, example.org',
    goAhead: { by: 'Operator A', at: NOW },
    checks: [
      check('mx-switched', true, {
        domain: 'example.com',
        expected: [MX],
        hosts: [MX],
        servers: 6,
        elsewhere: [],
        silent: [],
      }),
      check('mx-switched', false, {
        ...{
          domain: 'example.org',
          expected: ['example-org.mail.protection.outlook.com'],
          hosts: ['mail.example.com'],
          servers: 6,
        },
        ...{ elsewhere: ['ns1.example.org'], silent: [] },
      }),
    ],
    supportedActions: ['pause'],
  }),
  asked: at('mx-switched', 'needs-people', {
    checks: GO_AHEAD_CHECKS,
    proven: true,
    approval: '7F3A9C',
    supportedActions: ['goAhead', 'pause', 'back', 'cancel'],
  }),
  'not-ready': at('mx-switched', 'not-ready', {
    checks: GO_AHEAD_CHECKS.map((each) =>
      each.name === 'mx-host' ? check('mx-host', false, { hosts: [MX], without: [MX] }) : each,
    ),
    supportedActions: ['goAhead', 'pause', 'back', 'cancel'],
  }),
  'mx-waits': at('mx-switched', 'needs-dns', {
    checks: SWITCHED,
    goAhead: { by: 'Operator A', at: iso(-40) },
    supportedActions: ['pause', 'back', 'cancel'],
  }),
  settling: at('old-mx-gone', 'needs-dns', {
    checks: SETTLING,
    waitsUntil: iso(3 * 1440),
    supportedActions: ['waive', 'pause'],
    late: { count: 12, messages: LATE },
  }),
  confirm: at('people-informed', 'needs-people', {
    checks: [check('users-synced', true, { users: 480, synced: 480, left: [] })],
    proven: true,
    supportedActions: ['confirm', 'waive', 'pause', 'back', 'cancel'],
  }),
  paused: at('converge', 'paused', {
    paused: { by: 'Operator A', at: iso(-30), reason: 'The owner of the DNS is away until Monday.' },
    supportedActions: ['continue', 'back', 'cancel'],
  }),
  troubled: at('converge', 'troubled', {
    trouble: failure('TargetForbidden', { address: 'example.com', detail: 'Authorization_RequestDenied' }),
  }),
  complete: at('complete', 'needs-people', {
    checks: [
      ...SETTLING.slice(0, 1),
      check('mx-old-gone', true, { others: [], silent: [] }),
      check('final-sync-empty', true, { users: 480, empty: 480, left: [] }),
      check('verified-equal', true, { users: 480, equal: 480, different: 0, unknown: 0 }),
      check('source-silent', false, { looked: 'yes', late: 12 }, false),
    ],
    proven: true,
    supportedActions: ['goAhead', 'pause'],
    late: { count: 12, messages: LATE },
  }),
  finished: {
    ...at('source-dismantled', 'finished'),
    state: 'finished',
    steps: at('source-dismantled', 'finished').steps.map((each) => ({
      ...each,
      state: each.state === 'waived' ? 'waived' : 'done',
      at: each.at ?? iso(-1),
    })),
    supportedActions: [],
  },
  hostile: {
    ...at('old-mx-gone', 'paused', {
      checks: [...SETTLING.slice(0, 2), check('mx-old-gone', false, { others: [HOSTILE, ENDLESS], silent: [ENDLESS] })],
      paused: { by: HOSTILE, at: iso(-1), reason: HOSTILE + ENDLESS },
      supportedActions: ['continue'],
      late: {
        count: 9000,
        messages: LATE.map((each) => ({ ...each, user: ENDLESS, from: HOSTILE, hosts: [HOSTILE, ENDLESS] })),
      },
    }),
    identity: LONG,
    domain: `${'y'.repeat(60)}.example`,
    startedBy: HOSTILE,
    steps: at('old-mx-gone', 'paused').steps.map((each) => ({ ...each, who: HOSTILE, reason: HOSTILE + ENDLESS })),
  },
};

/** The question to other people about the switch of the mail flow. */
export function sampleStepApproval(state: ApprovalView['state']): ApprovalView {
  const approval = sampleApproval(state);
  return {
    ...approval,
    needed: 2,
    plan: {
      text: 'go ahead sales-1 mx-switched',
      title: 'Go ahead',
      count: 480,
      of: 'users',
      sample: ['info@example.com', 'sales.desk@example.com', 'hr@example.com'],
      batch: batchName('sales-1'),
      cutover: {
        step: 'mx-switched',
        domain: 'example.com',
        asks: 'go-ahead',
        checks: GO_AHEAD_CHECKS,
        evidence: 'e'.repeat(64),
      },
    },
  };
}
