import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { type LocalDovecot, startLocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import { type LocalOAuth, type LocalOAuthOptions, startLocalOAuth } from '../../sandbox/source/local-oauth.ts';
import type { MigrationEndpoint, TokenSource } from '../../src/engine/domain/endpoint.ts';
import { toMigrationError } from '../../src/engine/domain/failure.ts';
import type { Clock, SourceConnector, SourceLogin } from '../../src/engine/ports.ts';
import { imapConnector } from '../../src/imap/imap-connector.ts';
import { oauthSecrets } from '../../src/imap/oauth-secrets.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { systemClock, temporaryDirectory } from '../store/local-redis.ts';
import { type Scripted, startScriptedImap } from '../support/scripted-imap.ts';
import { unlimitedSlots } from '../support/unlimited-slots.ts';

const SECRET = 'client-secret-not-a-real-one';
const REFRESH = 'refresh-token-of-anna-not-a-real-one';
const never = new AbortController().signal;
const MAILS = 30;

let stack: AsyncDisposableStack;
let directory: string;
let dovecot: LocalDovecot;
let oauth: LocalOAuth;
let now = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + now };

const OPTIONS: LocalOAuthOptions = {
  ...{ client: 'bellhop', secret: SECRET, appUser: 'anna', lifetime: 300 },
  refreshTokens: new Map([[REFRESH, 'anna']]),
};

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  directory = stack.use(await temporaryDirectory()).path;
  oauth = stack.use(await startLocalOAuth(OPTIONS));
  dovecot = stack.use(
    await startLocalDovecot({
      ...{ directory: join(directory, 'dovecot'), users: [{ name: 'anna', password: 'x-not-a-real-password' }] },
      tokenInfoUrl: oauth.tokenInfoUrl,
    }),
  );
  await fillMailbox(dovecot, 'anna', [{ path: ['INBOX'] }], mails());
});
afterAll(() => stack[Symbol.asyncDispose]());
beforeEach(() => {
  oauth.recover();
  now = 0;
});

function* mails() {
  for (let at = 1; at <= MAILS; at += 1) {
    const raw = Buffer.from(`From: a@fabrikam.example\r\nSubject: ${at}\r\n\r\n${'x'.repeat(at)}\r\n`);
    yield { folder: ['INBOX'], raw, flags: [], internalDate: new Date(1_700_000_000_000 + at) };
  }
}

const source = (server: LocalOAuth, settings: Partial<TokenSource> = {}): TokenSource => ({
  ...{ url: server.tokenUrl, client: 'bellhop', scope: 'imap', grant: 'client', ...settings },
});

function endpoint(settings: Partial<MigrationEndpoint> = {}): MigrationEndpoint {
  return {
    ...{ name: endpointName('cloud'), host: 'localhost', port: dovecot.port, security: 'none', login: 'xoauth2' },
    ...{ initial: 20, incremental: 10, oauth: source(oauth), ...settings },
  };
}

function connector(secrets: Readonly<Record<string, Readonly<Record<string, string>>>>): SourceConnector {
  const file = join(directory, 'oauth.json');
  writeFileSync(file, JSON.stringify(secrets));
  return imapConnector({
    ...{ clock, slots: unlimitedSlots, allowHosts: ['localhost'] },
    clientSecrets: oauthSecrets(file),
  });
}

const withSecret = (server = oauth): SourceConnector => connector({ [server.tokenUrl]: { bellhop: SECRET } });
const anna = (password = 'ignored'): SourceLogin => ({ userName: 'anna', password });

async function readAll(connect: SourceConnector, settings?: Partial<MigrationEndpoint>, login = anna()) {
  await using mailbox = await connect.connect(endpoint(settings), login, never);
  const [inbox] = await mailbox.listFolders();
  if (inbox === undefined) throw new Error('there is an inbox');
  return (await (await mailbox.select(inbox)).uids()).length;
}

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => toMigrationError(reason),
  );
  if (error === undefined) throw new Error('it is refused');
  for (const secret of [SECRET, REFRESH, 'access-'])
    expect(JSON.stringify([error.message, error.details])).not.toContain(secret);
  return error;
}

describe('a real Dovecot that takes tokens', () => {
  test("the app's own token opens a mailbox, and twenty connections share one", async () => {
    const before = oauth.asked.length;
    const connect = withSecret();

    const counts = await Promise.all(Array.from({ length: 20 }, () => readAll(connect)));

    expect(counts).toEqual(Array.from({ length: 20 }, () => MAILS));
    expect(oauth.asked.slice(before)).toEqual([
      { grant: 'client_credentials', client: 'bellhop', secret: SECRET, refreshToken: '' },
    ]);
  });

  test('a token that ends while a mailbox is read: the connection is made anew with another one, nothing is missing', async () => {
    const before = oauth.asked.length;
    const connect = withSecret();
    await using mailbox = await connect.connect(endpoint(), anna(), never);
    const [inbox] = await mailbox.listFolders();
    if (inbox === undefined) throw new Error('there is an inbox');
    const folder = await mailbox.select(inbox);
    const metas = (await folder.metadata(await folder.uids())).toSorted((a, b) => a.uid - b.uid);
    const first = await folder.contents(metas.slice(0, 10));
    // The lifetime passes, and the server ends the session of whoever signed in with the token.
    oauth.revoke();
    now += 301_000;
    await dovecot.doveadm('kick', 'anna');

    const rest = await folder.contents(metas.slice(10));

    expect([...first, ...rest].map(({ outcome }) => outcome)).toEqual(Array.from({ length: MAILS }, () => 'read'));
    expect(oauth.asked.length - before).toBe(2);
  });

  test('a token that ends before its time is asked for anew once', async () => {
    const connect = withSecret();
    await readAll(connect);
    oauth.revoke();
    const before = oauth.asked.length;

    expect(await readAll(connect)).toBe(MAILS);
    expect(oauth.asked.length - before).toBe(1);
  });

  test('a token the mailbox does not take is refused, with what the server says about it, after two tokens and no more', async () => {
    const before = oauth.asked.length;

    const error = await refusal(withSecret().connect(endpoint(), { userName: 'berta', password: 'x' }, never));

    expect(error.code).toBe('ImapTokenRefused');
    expect(oauth.asked.length - before).toBe(2);
  });

  test("a user's refresh token, used up by each answer: the next one is kept, and taken when another worker was faster", async () => {
    await using rotating = await startLocalOAuth({ ...OPTIONS, rotating: true });
    let kept = REFRESH;
    const seen: string[] = [];
    const login: SourceLogin = {
      ...anna(REFRESH),
      // The first look of the second worker is too early: it sees what is used up by the time it asks.
      renewal: { save: async (token) => void (kept = token), latest: async () => seen.shift() ?? kept },
    };
    const settings = { oauth: source(rotating, { grant: 'refresh' }) };
    await using scripted = await startScriptedImap(byToken, { capability: 'IMAP4rev1 SASL-IR AUTH=XOAUTH2' });
    const one = withSecret(rotating);
    const other = withSecret(rotating);
    const place = { ...settings, port: scripted.port };

    await (await one.connect(endpoint(place), login, never))[Symbol.asyncDispose]();
    expect(kept).toBe('refresh-token-number-1');
    seen.push(REFRESH);
    await (await other.connect(endpoint(place), login, never))[Symbol.asyncDispose]();

    expect(kept).toBe('refresh-token-number-2');
    expect(rotating.asked.map(({ refreshToken }) => refreshToken)).toEqual([
      REFRESH,
      REFRESH,
      'refresh-token-number-1',
    ]);
  });

  test('without a token endpoint the CSV holds the token itself', async () => {
    const { oauth: _none, ...plain } = endpoint();

    const error = await refusal(withSecret().connect(plain, anna('old-token'), never));

    expect(error.code).toBe('ImapTokenRefused');
  });
});

const byToken = (command: string): Scripted | undefined => (command.startsWith('AUTHENTICATE') ? {} : undefined);

describe('what goes to the server', () => {
  test.each([
    ['XOAUTH2', 'AUTH=XOAUTH2', /^user=anna~auth=Bearer access-\d+-of-\w+~~$/],
    [
      'OAUTHBEARER',
      'AUTH=OAUTHBEARER AUTH=XOAUTH2',
      /^n,a=anna,~host=localhost~port=\d+~auth=Bearer access-\d+-of-\w+~~$/,
    ],
  ])('%s', async (mechanism, offered, sent) => {
    await using server = await startScriptedImap(byToken, { capability: `IMAP4rev1 SASL-IR ${offered}` });

    await (await withSecret().connect(endpoint({ port: server.port }), anna(), never))[Symbol.asyncDispose]();

    const [, method = '', payload = ''] =
      server.commands.find((each) => each.startsWith('AUTHENTICATE'))?.split(' ') ?? [];
    expect(method).toBe(mechanism);
    expect(Buffer.from(payload, 'base64').toString().replaceAll('\u0001', '~')).toMatch(sent);
  });

  test('the JSON a server explains a refusal with is part of the failure', async () => {
    const explained = Buffer.from(JSON.stringify({ status: '400', schemes: 'Bearer', scope: 'https://mail.example/' }));
    const answer = (command: string): Scripted | undefined => {
      if (command.startsWith('AUTHENTICATE')) return { prompt: explained.toString('base64') };
      return command === '' ? { end: 'NO', text: 'AUTHENTICATE failed.' } : undefined;
    };
    await using server = await startScriptedImap(answer, { capability: 'IMAP4rev1 SASL-IR AUTH=XOAUTH2' });

    const error = await refusal(withSecret().connect(endpoint({ port: server.port }), anna(), never));

    expect(error.code).toBe('ImapTokenRefused');
    expect(error.message).toContain('(400)');
    expect(error.message).toContain('AUTHENTICATE failed.');
  });
});

describe('a token endpoint that gives no token', () => {
  test.each([
    [401, '{"error":"invalid_client","error_description":"AADSTS7000215"}', 'OAuthRefused', 'AADSTS7000215'],
    [200, '{"token_type":"Bearer"}', 'OAuthRefused', 'HTTP 200'],
    [200, 'hello', 'OAuthRefused', 'HTTP 200'],
    [302, '', 'OAuthRefused', 'HTTP 302'],
    [503, 'down', 'OAuthUnavailable', 'HTTP 503'],
    [429, '{}', 'OAuthUnavailable', 'HTTP 429'],
    [200, `{"access_token":"${'x'.repeat(70_000)}"}`, 'OAuthUnavailable', 'too long'],
  ])('answers %i %s', async (status, body, code, said) => {
    oauth.answer(status, body);

    const error = await refusal(withSecret().connect(endpoint(), anna(), never));

    expect(error.code).toBe(code);
    expect(error.message).toContain(said);
  });

  test('repeats what it was sent: the secret goes no further', async () => {
    const wrong = connector({ [oauth.tokenUrl]: { bellhop: `${SECRET}-but-wrong` } });

    const error = await refusal(wrong.connect(endpoint(), anna(), never));

    expect(error.code).toBe('OAuthRefused');
    expect(error.message).toContain('invalid_client');
  });

  test('is another one than the secret is for: it is never sent there', async () => {
    await using thief = await startLocalOAuth(OPTIONS);

    const error = await refusal(withSecret().connect(endpoint({ oauth: source(thief) }), anna(), never));

    expect(error.code).toBe('OAuthRefused');
    expect(thief.asked).toEqual([]);
  });

  test.each([
    ['on a private network', 'https://intranet.contoso.example/token', '10.0.0.8'],
    ['of the cloud machine itself', 'https://metadata.contoso.example/token', '169.254.169.254'],
  ])('%s is not reached', async (_where, url, address) => {
    const connect = imapConnector({
      ...{ clock, slots: unlimitedSlots, allowHosts: ['localhost'] },
      resolve: async (host) => [host === 'localhost' ? '127.0.0.1' : address],
      clientSecrets: async () => SECRET,
    });

    const error = await refusal(connect.connect(endpoint({ oauth: source(oauth, { url }) }), anna(), never));

    expect(error.code).toBe('SourceHostForbidden');
  });
});
