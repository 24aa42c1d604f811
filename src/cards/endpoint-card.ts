import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import type { EndpointTest } from '../engine/domain/events.ts';
import type { EndpointView } from '../engine/views.ts';
import { type Card, band, bold, card, facts, fromOutside, markRow, panel, section, small, subtle } from './elements.ts';
import { plural } from './format.ts';

const SECURITY: Readonly<Record<MigrationEndpoint['security'], string>> = {
  tls: 'TLS',
  starttls: 'STARTTLS',
  none: 'clear text',
};

/** All source servers. */
export function endpointsCard(endpoints: readonly EndpointView[]): Card {
  const sentence =
    endpoints.length === 0
      ? 'There is none yet. Write: add endpoint mail-hq host=imap.example.com'
      : `${plural(endpoints.length, 'source server')}.`;
  const rows = endpoints
    .slice(0, 20)
    .map((each) =>
      markRow('plain', [
        { ...(fromOutside(each.identity, 40) as { text: string }), bold: true },
        subtle(`  ${each.host}:${each.port} · ${each.security} · ${plural(each.batches.length, 'batch', 'batches')}`),
      ]),
    );
  return card(`${plural(endpoints.length, 'endpoint')}. Write: test endpoint <name>`, [
    band({
      what: 'Endpoints',
      tone: 'waiting',
      state: plural(endpoints.length, 'server'),
      name: 'Source servers',
      sentence,
    }),
    rows.length === 0 ? undefined : section('Servers', ...rows),
  ]);
}

/** An endpoint that was just added. */
export function endpointAddedCard({
  name,
  host,
  port,
  security,
  login,
  initial,
  incremental,
}: MigrationEndpoint): Card {
  return card(
    `Endpoint ${name} added: ${host}:${port}. Write: test endpoint ${name}`,
    [
      band({
        what: 'Endpoint',
        tone: 'done',
        state: 'Added',
        name,
        sentence: 'Test it before the first batch: nobody is signed in for that.',
      }),
      section('Settings', facts([['Server', `${host}:${port}`], ['Encryption', SECURITY[security]], ['Sign-in', login], ['At a time', `${initial} initial, ${incremental} incremental`]])), // prettier-ignore
      security === 'none'
        ? panel('Clear text', markRow('attention', ['Passwords and mail cross the network unprotected.']))
        : undefined,
    ],
    [{ title: 'Test endpoint', action: { verb: 'testEndpoint', target: name }, primary: true }],
  );
}

/** The reply to "test endpoint" until the answer is there. */
export function testingEndpointCard(name: string): Card {
  return card(`Testing endpoint ${name}. The answer follows.`, [
    band({
      what: 'Endpoint test',
      tone: 'running',
      state: 'Testing',
      name,
      sentence: 'The server is being reached. The answer replaces this card.',
    }),
  ]);
}

/** What a server answered, or why it could not be reached. */
export function endpointTestCard(name: string, test: EndpointTest): Card {
  const again = { title: 'Test again', action: { verb: 'testEndpoint', target: name } } as const;
  if (test.error !== undefined) {
    return card(
      `Endpoint ${name} cannot be used: ${test.error.message}`,
      [
        band({
          what: 'Endpoint test',
          tone: 'failed',
          state: 'Not reached',
          name,
          sentence: 'Bellhop cannot use this server as it is.',
        }),
        panel(
          'How to fix it',
          markRow('failed', [fromOutside(test.error.message, 240)]),
          markRow('plain', [fromOutside(test.error.remedy, 240)]),
        ),
        small(test.error.code),
      ],
      [again],
    );
  }
  const has = (name: string): boolean => test.capabilities.some((each) => each.toUpperCase() === name);
  return card(
    `Endpoint ${name} is reachable.`,
    [
      band({
        what: 'Endpoint test',
        tone: 'done',
        state: 'Reached',
        name,
        sentence: 'Name, port and encryption are right. Sign-ins are looked at by **check batch**.',
      }),
      section(
        'What the server says',
        markRow('done', [bold('Encryption'), ` · ${test.tls ?? 'none'}`]),
        markRow('plain', [bold('Greeting'), ' · ', fromOutside(test.greeting ?? '', 120)]),
        markRow(has('LOGINDISABLED') ? 'attention' : 'done', [
          bold('Sign-in'),
          ` · ${test.capabilities.filter((each) => /^AUTH=/i.test(each)).join(', ') || 'LOGIN'}`,
        ]),
        markRow(has('IDLE') ? 'done' : 'plain', [bold('IDLE'), has('IDLE') ? ' · yes' : ' · no']),
      ),
      small('Abilities such as CONDSTORE and QRESYNC show after the sign-in.'),
    ],
    [again],
  );
}
