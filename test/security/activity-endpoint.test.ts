import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../src/bot/server.ts';
import type { MigrationBot } from '../../src/bot/migration-bot.ts';
import type { Incoming } from '../../src/bot/read-activity.ts';
import { TeamsAdapter, isTrustedService } from '../../src/bot/teams-adapter.ts';
import type { World } from '../../src/engine/ports.ts';
import type { RunningServer } from '../../src/health.ts';
import { type Claims, type JwtIssuer, type TokenOptions, startJwtIssuer } from '../support/jwt-issuer.ts';
import { TestClock } from '../support/memory-documents.ts';

const APP = '11111111-2222-4333-8444-555555555555';
const SERVICE = 'https://smba.trafficmanager.net/teams/';
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The real server and the real SDK; only the keys of the channel come from this machine. */
describe('POST /api/messages', () => {
  let issuer: JwtIssuer;
  let server: RunningServer;
  const heard: Incoming[] = [];

  beforeAll(async () => {
    issuer = await startJwtIssuer(APP, SERVICE);
    const identity = { appId: APP, appPassword: 'not-a-real-secret', appType: 'SingleTenant', tenantId: 'tenant-1', openIdMetadataUrl: issuer.metadataUrl };
    const adapter = new TeamsAdapter(identity, false, LOG, new TestClock('2026-11-23T08:00:00Z'));
    const listener: Pick<MigrationBot, 'handle'> = {
      async handle(incoming) {
        heard.push(incoming);
      },
    };
    server = await startServer({ host: '127.0.0.1', port: 0, world: {} as World, bot: listener as MigrationBot, adapter });
    // The SDK prints its refusals, public key included.
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  }); // prettier-ignore
  afterAll(async () => {
    vi.restoreAllMocks();
    await server[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    heard.length = 0;
  });

  function activity(more: object = {}) {
    return {
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: SERVICE,
      from: { id: '29:a', name: 'Operator A', aadObjectId: 'a1' },
      recipient: { id: `28:${APP}`, name: 'Bellhop' },
      conversation: { id: '19:c@thread.tacv2', tenantId: 'tenant-1' },
      text: 'status',
      ...more,
    };
  }

  async function post(
    body: unknown,
    authorization?: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  test('a good token is heard', async () => {
    expect(await post(activity(), `Bearer ${issuer.token({})}`)).toMatchObject({ status: 200 });
    expect(heard).toMatchObject([{ kind: 'message', text: 'status', by: { id: 'a1', tenantId: 'tenant-1' } }]);
  });

  test('a clock that is four minutes off is forgiven', async () => {
    expect((await post(activity(), `Bearer ${issuer.token({ exp: -240 })}`)).status).toBe(200);
  });

  const BAD: readonly (readonly [string, Claims, TokenOptions])[] = [
    ['for another app', { aud: 'another-app' }, {}],
    ['from another issuer', { iss: 'https://evil.example' }, {}],
    ['expired six minutes ago', { exp: -360 }, {}],
    ['not valid yet', { nbf: 3600 }, {}],
    ['for another service url', { serviceurl: 'https://evil.trafficmanager.net/' }, {}],
    ['signed with a key nobody published', {}, { kid: 'nobody' }],
    ['signed for another channel', {}, { kid: 'webchat' }],
    ['without a signature', {}, { alg: 'none' }],
    ['with the public key as a secret', {}, { alg: 'HS256' }],
  ];

  test.each(BAD)('a token %s is refused without a word', async (_what, claims, options) => {
    expect(await post(activity(), `Bearer ${issuer.token(claims, options)}`)).toEqual({ status: 401, text: '' });
    expect(heard).toEqual([]);
  });

  test('a token with a wrong signature is refused without a word', async () => {
    const token = issuer.token({}, { key: issuer.otherKey });

    expect(await post(activity(), `Bearer ${token}`)).toEqual({ status: 401, text: '' });
  });

  test.each([
    ['no token', undefined],
    ['an empty one', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['rubbish', 'Bearer a.b.c'],
    ['a very long one', `Bearer ${'a'.repeat(12_000)}`],
  ])('%s: refused', async (_what, header) => {
    const { status, text } = await post(activity(), header);

    expect([401, 431]).toContain(status);
    expect(text).not.toMatch(/jwt|signature|key/i);
    expect(heard).toEqual([]);
  });

  test.each([
    ['no JSON', '{"type":', 400],
    ['a list', '[]', 400],
    ['no type', '{}', 400],
    ['too large', JSON.stringify({ type: 'message', text: 'x'.repeat(300_000) }), 413],
  ])('a body that is %s is refused', async (_what, body, status) => {
    const answer = await post(body, `Bearer ${issuer.token({})}`);

    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/at .*\.[jt]s:\d+|node_modules/);
    expect(heard).toEqual([]);
  });

  test('a service url that is not of Microsoft is not answered, even with a token for it', async () => {
    const url = 'https://evil.example/';

    await post(activity({ serviceUrl: url }), `Bearer ${issuer.token({ serviceurl: url })}`);

    expect(heard).toEqual([]);
  });

  test.each([
    ['https://smba.trafficmanager.net/teams/', false, true],
    ['https://smba.infra.gcc.teams.microsoft.com/gcc', false, true],
    ['http://smba.trafficmanager.net/teams/', false, false],
    ['https://trafficmanager.net.evil.example/', false, false],
    ['https://eviltrafficmanager.net/', false, false],
    ['http://127.0.0.1:3979/', false, false],
    ['http://127.0.0.1:3979/', true, true],
    ['https://smba.trafficmanager.net/teams/', true, false],
    ['file:///etc/passwd', false, false],
    ['', false, false],
  ])('service url %s (sandbox %s): %s', (url, sandbox, expected) => {
    expect(isTrustedService(url, sandbox)).toBe(expected);
  });
});
