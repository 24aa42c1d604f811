import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { approvalCard, approvalsCard } from '../../src/cards/approval-card.ts';
import { batchCard } from '../../src/cards/batch-card.ts';
import { checkCard } from '../../src/cards/check-card.ts';
import { clusterCard, digestCard } from '../../src/cards/cluster-card.ts';
import { confirmCard } from '../../src/cards/confirm-card.ts';
import { cutoverCard } from '../../src/cards/cutover-card.ts';
import { doctorCard } from '../../src/cards/doctor-card.ts';
import type { Card } from '../../src/cards/elements.ts';
import {
  endpointAddedCard,
  endpointTestCard,
  endpointsCard,
  testingEndpointCard,
} from '../../src/cards/endpoint-card.ts';
import { errorCard } from '../../src/cards/error-card.ts';
import { exportCard } from '../../src/cards/export-card.ts';
import { failuresCard } from '../../src/cards/failures-card.ts';
import { fileSentCard } from '../../src/cards/file-card.ts';
import { refusalCard } from '../../src/cards/form-card.ts';
import { glassCard } from '../../src/cards/glass-card.ts';
import { commandHelpCard, helpCard } from '../../src/cards/help-card.ts';
import { lateMailCard } from '../../src/cards/late-mail-card.ts';
import { type Locale, localeFor } from '../../src/cards/locale.ts';
import { expiryCard } from '../../src/cards/expiry-card.ts';
import { probeCard } from '../../src/cards/probe-card.ts';
import { planCard } from '../../src/cards/plan-card.ts';
import { reportCard } from '../../src/cards/report-card.ts';
import { skippedCard } from '../../src/cards/skipped-card.ts';
import { stagedCard } from '../../src/cards/staged-card.ts';
import { statusCard } from '../../src/cards/status-card.ts';
import { storyCard } from '../../src/cards/story-card.ts';
import { uploadElsewhereCard } from '../../src/cards/upload-card.ts';
import { userCard } from '../../src/cards/user-card.ts';
import { verifyCard } from '../../src/cards/verify-card.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import type { ApprovalView } from '../../src/engine/views.ts';
import { type CardRenderer, NO_BROWSER, openCardRenderer } from '../support/render-card.ts';
import { CUTOVERS, sampleStepApproval } from './sample-cutover.ts';
import { PROBES } from './card-catalogue.ts';
import { CLUSTER, DOCTOR, STORY, sampleReport } from './sample-news.ts';
import {
  HOSTILE,
  NOW,
  sampleApproval,
  sampleBatch,
  sampleCheck,
  sampleEndpoint,
  sampleExport,
  sampleFailures,
  sampleLearned,
  samplePlan,
  sampleSkipped,
  sampleStatus,
  sampleUser,
  sampleVerify,
} from './sample-views.ts';

/** What somebody may call a folder, a subject, a batch, themselves. */
const POISONS: readonly (readonly [string, string])[] = [
  ['everything at once', HOSTILE],
  ['a mention', '<at>everyone</at> &lt;at&gt;everyone&lt;/at&gt;'],
  [
    'links',
    '[pay](https://evil.example) <https://evil.example> https://evil.example www.evil.example mailto:a@evil.example',
  ],
  ['an image', '![x](https://evil.example/x.png) <img src=https://evil.example/x.png>'],
  ['expansions', '{{DATE(2026-01-01,SHORT)}} ${$root.secret} {{TIME(x)}}'],
  ['bidirectional text', '\u202egpj.evil\u202c \u2066left\u2069 \u061c\u200f'],
  ['10,000 characters', 'W'.repeat(10_000)],
  ['10,000 brackets', '[('.repeat(5_000)],
];

/** What is one of our own words, and no text from outside. */
const OWN = new Set([
  'status', 'state', 'code', 'kind', 'verdict', 'type', 'step', 'what', 'health', 'how', 'outlook', 'supportedActions', 'bottleneck',
  'dataConsistencyScore', 'score', 'security', 'login', 'permission', 'topic', 'do', 'why', 'retry', 'scope',
  'of', 'asks', 'migrationType', 'recipientType', 'date', 'usage', 'lane', 'ceiling', 'outcome', 'waits', 'priority', 'where',
]); // prettier-ignore

/** The view with the text in place of every string that may come from outside. */
function poisoned<View>(view: View, poison: string): View {
  const seen = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return OWN.has(key) || /^\d{4}-\d\d-\d\dT/.test(value) ? value : poison;
    if (Array.isArray(value)) return value.map((each) => seen(each, key));
    if (typeof value !== 'object' || value === null) return value;
    // A check of a cutover is named by us.
    const isCheck = 'required' in value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, isCheck && name === 'name' ? each : seen(each, name)]),
    );
  };
  return seen(view, '') as View;
}

/** An approval; its number is ours, and so is the title of the command. */
function asked(view: ApprovalView, poison: string): ApprovalView {
  const { identity, planHash, plan } = view;
  const said = poisoned(view, poison);
  return { ...said, identity, planHash, replacedBy: null, plan: { ...said.plan, title: plan.title } };
}

const REFUSED = failure('ImapAuthenticationException', { code: 'NO', detail: 'no', address: 'a@example.com' });
const [COMMAND = COMMANDS[0]] = COMMANDS;

/** Every card of Bellhop that shows something from outside, from a view full of it. */
const CARDS: Readonly<Record<string, (locale: Locale, poison: string) => readonly Card[]>> = {
  approvalCard: (locale, poison) => [
    ...(['open', 'rejected'] as const).map((state) => approvalCard(asked(sampleApproval(state), poison), locale)),
    approvalCard(asked(sampleStepApproval('open'), poison), locale),
    approvalCard(sampleApproval('open'), locale, {
      mayDecide: false,
      waitingFor: [{ id: poison, chatId: poison, name: poison }],
    }),
  ],
  approvalsCard: (locale, poison) => [approvalsCard([asked(sampleApproval('open'), poison)], NOW, locale)],
  batchCard: (locale, poison) => [
    batchCard(poisoned(sampleBatch(), poison), locale),
    batchCard(poisoned(sampleBatch({ status: 'SyncedWithErrors' }), poison), locale),
  ],
  checkCard: (locale, poison) => [checkCard(poisoned(sampleCheck(), poison), locale)],
  clusterCard: (locale, poison) => [
    clusterCard(poisoned(CLUSTER, poison), locale),
    clusterCard(CLUSTER, locale, { id: '29:a', name: poison }),
  ],
  confirmCard: (locale, poison) => [confirmCard({ text: poison, title: 'Retry', count: 9, sample: [poison] }, locale)],
  cutoverCard: (locale, poison) => Object.values(CUTOVERS).map((view) => cutoverCard(poisoned(view, poison), locale)),
  digestCard: (locale, poison) => [digestCard([poisoned(CLUSTER, poison), poisoned(CLUSTER, poison)], locale)],
  doctorCard: (locale, poison) => [doctorCard(poisoned(DOCTOR, poison), locale)],
  endpointAddedCard: (locale, poison) => [endpointAddedCard(poisoned(sampleEndpoint, poison), locale)],
  endpointTestCard: (locale, poison) => [
    endpointTestCard(poison, { reachable: true, greeting: poison, capabilities: [poison], tls: poison }, locale),
    endpointTestCard(poison, { reachable: false, capabilities: [], error: poisoned(REFUSED, poison) }, locale),
  ],
  endpointsCard: (locale, poison) => [
    endpointsCard(
      [
        poisoned(
          {
            ...{ ...sampleEndpoint, identity: 'mail-hq', batches: ['sales-1'], connections: 50 },
            ...{ learned: sampleLearned, atOnce: { initial: 31, incremental: 13 } },
          },
          poison,
        ),
      ],
      locale,
    ),
  ],
  errorCard: (locale, poison) => [
    errorCard(failure('UnknownCommand', { text: poison, nearest: 'help' }), locale, 'help'),
    errorCard(failure('UnknownBatch', { batch: poison }), locale),
    errorCard(poisoned(REFUSED, poison), locale),
  ],
  exportCard: (locale, poison) => [exportCard(poisoned(sampleExport(), poison), locale)],
  failuresCard: (locale, poison) => [failuresCard(poisoned(sampleFailures(), poison), locale)],
  fileSentCard: (locale, poison) => [fileSentCard({ name: poison, bytes: 1, sha256: poison }, locale)],
  refusalCard: (locale, poison) => [refusalCard(failure('UnknownBatch', { batch: poison }), locale)],
  glassCard: (locale, poison) => [
    glassCard(asked(sampleApproval('done'), poison), locale, [{ id: '29:a', name: poison }]),
  ],
  stagedCard: (locale, poison) => [
    stagedCard(
      {
        ...{ identity: poison, domain: poison, host: poison, asOf: NOW },
        users: [{ identity: poison, batchId: poison, status: 'Failed' }],
      },
      locale,
    ),
  ],
  expiryCard: (locale, poison) => [expiryCard({ batch: poison, end: 1, now: 0 }, locale)],
  probeCard: (locale, poison) => PROBES.map(([, view]) => probeCard(poisoned(view, poison), locale)),
  lateMailCard: (locale, poison) => Object.values(CUTOVERS).map((view) => lateMailCard(poisoned(view, poison), locale)),
  planCard: (locale, poison) => [
    planCard(poisoned(samplePlan(), poison), locale),
    planCard(poisoned({ ...samplePlan(), users: 12 }, poison), locale),
  ],
  reportCard: (locale, poison) => [reportCard(poisoned(sampleReport(), poison), locale)],
  skippedCard: (locale, poison) => [skippedCard(poisoned(sampleSkipped(), poison), locale)],
  statusCard: (locale, poison) => [statusCard(poisoned(sampleStatus(), poison), locale)],
  storyCard: (locale, poison) => [storyCard(poisoned(STORY, poison), locale)],
  testingEndpointCard: (locale, poison) => [testingEndpointCard(poison, locale)],
  uploadElsewhereCard: (locale, poison) => [
    uploadElsewhereCard(poison, undefined, locale),
    uploadElsewhereCard(poison, `add users ${poison}`, locale),
  ],
  userCard: (locale, poison) => [
    userCard(poisoned(sampleUser(), poison), locale),
    userCard(poisoned(sampleUser({ status: 'Failed', error: REFUSED }), poison), locale),
  ],
  verifyCard: (locale, poison) => [verifyCard(poisoned(sampleVerify(), poison), locale)],
  // Nothing of them comes from outside.
  helpCard: (locale) => [helpCard(COMMANDS, locale)],
  commandHelpCard: (locale) => (COMMAND === undefined ? [] : [commandHelpCard(COMMAND, locale)]),
};
/** Looked at elsewhere: what is filled in is no Markdown; the words of a notice are those of who makes it; one link of our own. */
const ELSEWHERE = ['topicHelpCard', 'formCard', 'noticeCard', 'uploadCard'];

const markdown = new MarkdownIt({ html: true, linkify: true });
// Addresses of mailboxes are shown as what they are.
markdown.linkify.set({ fuzzyEmail: false });
// No client follows what has no scheme.
markdown.linkify.add('//', null);

function* parts(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const each of value) yield* parts(each);
  else if (typeof value === 'object' && value !== null) {
    yield value as Readonly<Record<string, unknown>>;
    // What a button carries is nowhere shown.
    const isAction = String(Reflect.get(value, 'type')).startsWith('Action.');
    for (const [name, each] of Object.entries(value)) if (!isAction || name === 'card') yield* parts(each);
  }
}

function expectHarmless(card: Card): void {
  const entities = (card.msteams?.['entities'] ?? []) as readonly { readonly text: string }[];
  const mentions = entities.map(({ text }) => text);
  expect(mentions.every((text) => /^<at>[^<>]*<\/at>$/.test(text))).toBe(true);
  expect(Buffer.byteLength(JSON.stringify({ ...card, actions: [] }))).toBeLessThanOrEqual(25 * 1024);
  for (const part of parts(card)) {
    expect(part['url'] ?? part['iconUrl'] ?? part['selectAction']).toBeUndefined();
    const isAction = String(part['type']).startsWith('Action.');
    if (isAction) expect(String(part['title'])).not.toMatch(/evil|<at|W{20}/);
    const shown = part['type'] === 'TextBlock' ? part['text'] : part['value'];
    if (typeof part['text'] === 'string') {
      expect(part['text']).not.toMatch(/\{\{|\$\{|[\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f]/);
      // Clients find links in any text.
      expect(markdown.linkify.match(part['text']) ?? []).toEqual([]);
    }
    if (typeof shown !== 'string') continue;
    const html = markdown.render(mentions.reduce((text, mention) => text.replace(mention, ''), shown));
    expect(html).not.toMatch(/<a |<img|<at|<script/i);
  }
}

describe('whatever anybody calls anything', () => {
  test('every card that is looked at is there', () => {
    const folder = join(import.meta.dirname, '../../src/cards');
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        Array.from(readFileSync(join(folder, name), 'utf8').matchAll(/^export function (\w+Card)\(/gm)),
      )
      .map(([, name = '']) => name);

    expect(names).toEqual(expect.arrayContaining([...Object.keys(CARDS), ...ELSEWHERE]));
  });

  test.each(POISONS)('%s: no card gets a link, a mention or an action of it', (_what, poison) => {
    for (const language of ['en', 'de'])
      for (const make of Object.values(CARDS))
        for (const card of make(localeFor(language), poison)) expectHarmless(card);
  });
});

describe.skipIf(NO_BROWSER !== undefined)('in a browser', () => {
  let renderer: CardRenderer;
  beforeAll(async () => void (renderer = await openCardRenderer()));
  afterAll(() => renderer.close());

  test('nothing acts, nothing sticks out of a phone', async () => {
    for (const name of ['approvalCard', 'cutoverCard', 'doctorCard', 'reportCard', 'skippedCard', 'userCard']) {
      const [card] = CARDS[name]?.(localeFor('de'), HOSTILE) ?? [];
      const { cut, html } = await renderer.render(card, { width: 340, theme: 'dark' });
      expect([name, cut]).toEqual([name, []]);
      expect([name, /<a\s[^>]*href|<script|<img|class="mention/i.exec(html)?.[0]]).toEqual([name, undefined]);
    }
  }, 120_000);
});
