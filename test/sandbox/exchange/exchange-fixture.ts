import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startLocalExchange } from '../../../sandbox/exchange/local-exchange.ts';
import type { LocalExchange, LocalExchangeOptions } from '../../../sandbox/exchange/local-exchange.ts';
import { trustLocalExchange } from '../../../sandbox/exchange/trust.ts';

export const OWNER = 'owner@contoso.example';
export const MARKER = 'String {8f1d2c0e-6b1a-4f43-9f0e-0b5a3c7f6d10} Name BellhopSource';

/** An answer of Graph, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export interface Fixture extends AsyncDisposable {
  readonly exchange: LocalExchange;
  readonly directory: string;
  readonly token: string;
  /** Path after /v1.0, or a whole URL. Objects are sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Path of the fixture's own mailbox. */
  mail(path: string): string;
}

/** A local Exchange with one mailbox, trusted by this process, and a client of a few lines that hides nothing. */
export async function startFixture(options: Partial<LocalExchangeOptions> = {}): Promise<Fixture> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'exchange-'));
  const exchange = await startLocalExchange({ ...options, directory });
  trustLocalExchange(exchange.caFile);
  const { id } = await exchange.addMailbox({
    address: OWNER,
    displayName: 'Owner',
    aliases: ['a.alias@contoso.example'],
  });
  const token = await requestToken(exchange);
  return {
    exchange,
    directory,
    token,
    mail: (path) => `/users/${id}${path}`,
    call: (method, path, body, headers = {}) => send(exchange, token, method, path, body, headers),
    async [Symbol.asyncDispose]() {
      await exchange.close();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function requestToken(exchange: LocalExchange, resource = 'https://graph.microsoft.com'): Promise<string> {
  const answer = await fetch(`${exchange.authorityHost}/${exchange.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: exchange.clientId,
      client_secret: exchange.clientSecret,
      scope: `${resource}/.default`,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

async function send(
  exchange: LocalExchange,
  token: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await fetch(path.startsWith('https:') ? path : `${exchange.graphUrl}/v1.0${path}`, {
    method,
    headers: {
      ...(path.includes('/api/gv1.0/') ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined || isPlain ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isPlain ? (body as string) : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json: unknown = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: answer.headers, text, json };
}

/** A message as a migration writes it: read, received in 2019, with a marker. */
export function migrated(
  subject: string,
  more: Readonly<Record<string, unknown>> = {},
  marker = `owner|INBOX|1|${subject}|r1`,
): object {
  return {
    subject,
    body: { contentType: 'text', content: `Text of ${subject}` },
    from: { emailAddress: { name: 'Sender', address: 'sender@example.com' } },
    toRecipients: [{ emailAddress: { address: OWNER } }],
    internetMessageId: `<${subject.replaceAll(' ', '-')}@example.com>`,
    singleValueExtendedProperties: [
      { id: 'Integer 0x0E07', value: '1' },
      { id: 'SystemTime 0x0E06', value: '2019-05-15T12:00:00Z' },
      { id: 'SystemTime 0x0039', value: '2019-05-15T11:59:58Z' },
      { id: MARKER, value: marker },
    ],
    ...more,
  };
}
