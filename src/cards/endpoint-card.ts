import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { connectionsOf } from '../engine/domain/source-slots.ts';
import type { EndpointTest } from '../engine/domain/events.ts';
import type { EndpointView, LearnedCapView } from '../engine/views.ts';
import {
  type Card,
  type CardElement,
  band,
  bold,
  boldFromOutside,
  card,
  facts,
  fromOutside,
  markRow,
  panel,
  section,
  small,
  subtle,
} from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_ENDPOINTS = 20;
const MOST_LEARNED = 3;

function securityWord(security: string, { t }: Locale): string {
  return security === 'none' ? t.endpoint.clearText : security.toUpperCase();
}

/** All source servers. */
export function endpointsCard(endpoints: readonly EndpointView[], locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const rows = endpoints
    .slice(0, MOST_ENDPOINTS)
    .flatMap((each) => [
      markRow('plain', [
        boldFromOutside(each.identity, 40),
        subtle('  '),
        fromOutside(`${each.host}:${each.port}`, 60),
        subtle(` · ${securityWord(each.security, locale)} · ${t.batches(each.batches.length)}`),
      ]),
      ...grownRow(each, locale),
      ...each.learned.slice(0, MOST_LEARNED).map((cap) => learnedRow(cap, locale)),
    ]);
  const [first] = endpoints;
  return card(
    `${t.endpoint.fallback(endpoints.length)} ${t.write('test endpoint <name>')}`,
    [
      band({
        what: t.endpoint.endpoints,
        tone: 'waiting',
        state: t.endpoint.state(endpoints.length),
        name: t.endpoint.name,
        sentence: endpoints.length === 0 ? t.endpoint.none : `${t.endpoint.servers(endpoints.length)}.`,
      }),
      rows.length === 0 ? undefined : section(t.endpoint.list, ...rows),
    ],
    [
      ...(first === undefined
        ? []
        : [{ title: t.buttons.testEndpoint, action: { verb: 'testEndpoint', target: first.identity } } as const]),
      {
        title: t.buttons.addEndpoint,
        action: { verb: 'openForm', form: 'addEndpoint' },
        ...(first === undefined ? { primary: true } : {}),
      },
      ...(first === undefined
        ? []
        : [{ title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch' } } as const]),
    ],
  );
}

function grownRow({ atOnce, initial, incremental }: EndpointView, { t }: Locale): readonly CardElement[] {
  if (atOnce.initial === initial && atOnce.incremental === incremental) return [];
  return [markRow('done', [t.endpoint.grown(t.endpoint.caps(atOnce.initial, atOnce.incremental))])];
}

function learnedRow({ kind, name, connections, learnedAt, said }: LearnedCapView, locale: Locale): CardElement {
  const { t } = locale;
  const whom = kind === 'endpoint' ? t.endpoint.wholeServer : t.endpoint.thisLogin;
  return markRow('attention', [
    `${t.endpoint.allows(connections)} ${whom} `,
    fromOutside(name, 60),
    subtle(` · ${t.endpoint.learnedAt(locale.clock(learnedAt, learnedAt))} · `),
    fromOutside(said, 120),
  ]);
}

/** An endpoint that was just added. */
export function endpointAddedCard(endpoint: MigrationEndpoint, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const { name, host, port, security, login, admin, initial, incremental } = endpoint;
  const rows: readonly (readonly [string, string])[] = [
    [t.endpoint.server, `${host}:${port}`],
    [t.endpoint.encryption, securityWord(security, locale)],
    [t.endpoint.signIn, admin === undefined ? login : `${login} · ${foreign(admin, 80)}`],
    ...tokenRows(endpoint, locale),
    [t.endpoint.atATime, t.endpoint.caps(initial, incremental)],
    [t.endpoint.connections, t.endpoint.atMost(connectionsOf(endpoint))],
  ];
  return card(
    `${t.endpoint.addedFallback(name, `${host}:${port}`)} ${t.write(`test endpoint ${name}`)}`,
    [
      band({ what: t.endpoint.what, tone: 'done', state: t.endpoint.added, name, sentence: t.endpoint.testFirst }),
      section(t.endpoint.settings, facts(rows)),
      security === 'none' ? panel(t.endpoint.clearTitle, markRow('attention', [t.endpoint.unprotected])) : undefined,
    ],
    [
      { title: t.buttons.testEndpoint, action: { verb: 'testEndpoint', target: name }, primary: true },
      { title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch', target: name } },
    ],
  );
}

function tokenRows({ login, oauth }: MigrationEndpoint, { t }: Locale): readonly (readonly [string, string])[] {
  if (login !== 'xoauth2') return [];
  if (oauth === undefined) return [[t.endpoint.tokens, t.endpoint.tokensAsGiven]];
  const whose = oauth.grant === 'client' ? t.endpoint.tokensOfApp : t.endpoint.tokensOfUsers;
  return [[t.endpoint.tokens, `${foreign(new URL(oauth.url).host, 80)} · ${whose}`]];
}

/** The reply to "test endpoint" until the answer is there. */
export function testingEndpointCard(name: string, { t }: Locale = ENGLISH): Card {
  return card(t.endpoint.testingFallback(name), [
    band({
      what: t.endpoint.test,
      tone: 'running',
      state: t.endpoint.testing,
      name,
      sentence: t.endpoint.beingReached,
    }),
  ]);
}

/** What a server answered, or why it could not be reached. */
export function endpointTestCard(name: string, test: EndpointTest, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const again = { title: t.buttons.testAgain, action: { verb: 'testEndpoint', target: name } } as const;
  if (test.error === undefined)
    return card(
      `${t.endpoint.goodFallback(name)} ${t.write(`create batch sales-1 endpoint=${name}`)}`,
      [
        band({ what: t.endpoint.test, tone: 'done', state: t.endpoint.reached, name, sentence: t.endpoint.right }),
        section(t.endpoint.says, ...answerRows(test, locale)),
        small(t.endpoint.abilities),
      ],
      [{ title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch', target: name } }, again],
    );
  const { code, message, remedy } = locale.failure(test.error);
  return card(
    t.endpoint.badFallback(name, message),
    [
      band({
        what: t.endpoint.test,
        tone: 'failed',
        state: test.reachable ? t.endpoint.notUsable : t.endpoint.notReached,
        name,
        sentence: t.endpoint.cannotUse,
      }),
      panel(
        t.user.howToFix,
        markRow('failed', [fromOutside(message, 240)]),
        markRow('plain', [fromOutside(remedy, 240)]),
      ),
      test.reachable ? section(t.endpoint.says, ...answerRows(test, locale)) : undefined,
      small(code),
    ],
    [again],
  );
}

function answerRows({ tls, greeting, capabilities }: EndpointTest, { t }: Locale): readonly CardElement[] {
  const has = (wanted: string): boolean => capabilities.some((each) => each.toUpperCase() === wanted);
  const methods = capabilities.filter((each) => /^AUTH=/i.test(each)).join(', ');
  return [
    markRow(tls === undefined ? 'attention' : 'done', [
      bold(t.endpoint.encryption),
      ' · ',
      fromOutside(tls ?? t.endpoint.no, 60),
    ]),
    markRow('plain', [bold(t.endpoint.greeting), ' · ', fromOutside(greeting ?? '', 120)]),
    markRow(has('LOGINDISABLED') ? 'attention' : 'done', [
      bold(t.endpoint.signIn),
      ' · ',
      fromOutside(methods === '' ? 'LOGIN' : methods, 120),
    ]),
    markRow(has('IDLE') ? 'done' : 'plain', [bold('IDLE'), ` · ${has('IDLE') ? t.endpoint.idle : t.endpoint.noIdle}`]),
  ];
}
