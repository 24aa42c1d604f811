import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../sandbox/source/free-port.ts';
import { UPLOAD_LIMITS, type UploadLimits, UploadRoutes } from '../../src/bot/upload/upload-routes.ts';
import type { BatchName, EndpointName, UserAddress } from '../../src/engine/domain/ids.ts';
import type { Clock, World } from '../../src/engine/ports.ts';
import { offerUpload } from '../../src/engine/uploads.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { redisText } from '../support/redis-text.ts';

const HEADER = 'EmailAddress,UserName,Password';
const CANARY = 'canary-not-a-password';
const OPERATOR = { id: 'operator-a', name: 'Operator A' };
const CSV = { 'Content-Type': 'text/csv' };

let bot: BotWorld;
let world: World;
let number = 0;
let name: BatchName;

beforeAll(async () => {
  const port = String(await freePort());
  bot = await startBotWorld({ PORT: port, BELLHOP_PUBLIC_URL: `http://127.0.0.1:${port}/` });
  ({ world } = bot.opened);
  await bot.ask('add endpoint mail-hq host=imap.example.com');
});
afterAll(() => bot[Symbol.asyncDispose]());
beforeEach(() => {
  number += 1;
  name = `upload-${number}` as BatchName;
});

async function link(of: World = world): Promise<string> {
  return (await offerUpload(of, { batch: name, endpoint: 'mail-hq' as EndpointName }, OPERATOR)).url;
}

function post(url: string, text: string, headers: Readonly<Record<string, string>> = CSV): Promise<Response> {
  return fetch(url, { method: 'POST', body: text, headers });
}

function good(...users: readonly string[]): string {
  return [HEADER, ...users.map((user) => `${user}.${number}@example.com,${user},${CANARY}`)].join('\n');
}

async function usersOf(batch: BatchName): Promise<readonly UserAddress[]> {
  return Array.fromAsync(world.store.users(batch), ({ address }) => address);
}

/** The routes alone, with a clock or limits of their own. */
async function serve(of: Partial<World>, limits: Partial<UploadLimits> = {}, mayUpload = async () => true) {
  const routes = new UploadRoutes({ ...world, ...of }, { limits: { ...UPLOAD_LIMITS, ...limits }, mayUpload });
  const server = createServer((request, response) => {
    void routes.handle(request, response, (request.url ?? '').split(/[/?]/)[2] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    at: (url: string) => `http://127.0.0.1:${port}${new URL(url).pathname}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a link takes one file', () => {
  test('without problems: the users are in, in the name of who asked; the link is used', async () => {
    const url = await link();

    const response = await post(url, good('a', 'b'));

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ tone: 'done', open: false, problems: [], badRows: null });
    expect(await usersOf(name)).toHaveLength(2);
    expect((await world.store.batch(name))?.createdBy).toBe('Operator A');
    const again = await post(url, good('c'));
    expect(again.status).toBe(410);
    expect((await fetch(url)).status).toBe(410);
    expect(await usersOf(name)).toHaveLength(2);
  });

  test('with problems: all are told, the good rows are in, and the mended rows come by the same link', async () => {
    const url = await link();

    const first = (await (await post(url, `${good('a')}\nnobody,b,${CANARY}\nx@,,`)).json()) as {
      readonly badRows: string;
      readonly problems: readonly unknown[];
    };

    expect(first).toMatchObject({ tone: 'attention', open: true, badRowsName: `${name}.bad.csv` });
    expect(first.problems.length).toBeGreaterThanOrEqual(4);
    const mended = first.badRows.replace('nobody', `b.${number}@example.com`).replace('x@,,', `c.${number}@example.com,c,p`); // prettier-ignore
    expect(await (await post(url, mended)).json()).toMatchObject({ tone: 'done', open: false });
    expect(await usersOf(name)).toHaveLength(3);
  });

  test('made, opened and used are in the audit chain, once each, by a name that opens nothing', async () => {
    const url = await link();
    await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    await post(url, good('a'));

    await world.audit.catchUp();
    const lines = await Array.fromAsync(world.audit.lines());
    const entries = lines.flatMap((line) => (line.includes('UploadLink') ? [JSON.parse(line)] : []));
    const mine = entries.filter(({ batch }) => batch === name);

    expect(mine.map(({ type, by }) => [type, by?.name])).toEqual([
      ['UploadLinkMade', 'Operator A'],
      ['UploadLinkOpened', undefined],
      ['UploadLinkUsed', 'Operator A'],
    ]);
    expect(new Set(mine.map(({ details }) => details.link)).size).toBe(1);
    expect(url).not.toContain(mine[0].details.link);
  });

  test('a file that is none leaves the link open', async () => {
    const url = await link();

    const answer = await post(url, '<!doctype html><p>not signed in');

    expect(await answer.json()).toMatchObject({ tone: 'failed', open: true, problems: [{ row: null }] });
    expect((await fetch(url)).status).toBe(200);
  });

  test('of many at once one is taken, and nobody is in twice', async () => {
    const url = await link();

    const all = await Promise.all(Array.from({ length: 4 }, () => post(url, good('a', 'b'))));

    const statuses = all.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => ![200, 409, 410].includes(status))).toEqual([]);
    expect(await usersOf(name)).toHaveLength(2);
  });

  test('neither token nor password is in Redis', async () => {
    const url = await link();
    await post(url, `${good('a')}\nnobody,b,${CANARY}`);

    const text = await redisText(bot.opened.redis);

    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(url.split('/').at(-1));
  });

  test('in German, for whom German is asked for', async () => {
    const url = await link();

    const page = await (await fetch(url, { headers: { 'Accept-Language': 'de-AT,en;q=0.5' } })).text();
    const answer = await post(`${url}?lang=de`, `${HEADER}\nnobody,b,p`);

    expect(page).toContain('Datei auswählen');
    expect(JSON.stringify(await answer.json())).toContain('EmailAddress ist keine gültige Adresse');
  });
});

describe('hostile requests', () => {
  test.each([
    'a',
    '0'.repeat(64),
    'A'.repeat(64),
    `${'0'.repeat(63)}%00`,
    '..%2f..%2fetc%2fpasswd',
    '%7Bbellhop%7D',
    '*',
    '<script>alert(1)</script>',
  ])('the token %s opens nothing', async (token) => {
    const url = `${world.settings.publicUrl}/upload/${token}`;

    const [get, sent] = [await fetch(url), await post(url, good('a'))];

    expect(get.status).toBe(404);
    expect(sent.status).toBe(404);
    expect(await get.text()).not.toContain('<script>');
  });

  test('a link of half an hour ago is over, also for a file that was begun in time', async () => {
    const url = await link();
    const later: Clock = { ...world.clock, now: () => world.clock.now() + 30 * 60_000 + 1 };
    await using old = await serve({ clock: later });

    expect((await fetch(old.at(url))).status).toBe(410);
    expect((await post(old.at(url), good('a'))).status).toBe(410);
    expect(await usersOf(name)).toEqual([]);
  });

  test.each([
    ['a form of another page', { 'Content-Type': 'text/plain' }, 415],
    ['a multipart form', { 'Content-Type': 'multipart/form-data; boundary=x' }, 415],
    ['no type', { 'Content-Type': '' }, 415],
    ['another origin', { ...CSV, Origin: 'https://evil.example' }, 403],
    ['an opaque origin', { ...CSV, Origin: 'null' }, 403],
    ['another site, says the browser', { ...CSV, 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a sibling host, says the browser', { ...CSV, 'Sec-Fetch-Site': 'same-site' }, 403],
  ])('%s is refused, and the link stays good', async (_title, headers, status) => {
    const url = await link();

    // fetch sets what it likes; these are sent as they are.
    expect(await rawPost(url, headers as Record<string, string>, good('a'))).toBe(status);
    expect(await usersOf(name)).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  });

  test('another origin may not even ask', async () => {
    const response = await fetch(await link(), {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });

    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test('a body that says it is too large is not read', async () => {
    expect(await rawPost(await link(), { ...CSV, 'Content-Length': '10000001' }, '')).toBe(413);
  });

  test('a body that does not say so is cut off at the limit', async () => {
    const url = await link();
    await using small = await serve({}, { bytes: 100_000 });

    expect(await rawPost(small.at(url), CSV, 'x'.repeat(200_000))).toBe(413);
    expect((await fetch(url)).status).toBe(200);
  });

  test('a body that drips is given up', async () => {
    const url = await link();
    let pass = (): void => undefined;
    const window = new Promise<void>((resolve) => (pass = resolve));
    const clock: Clock = { ...world.clock, sleep: (ms) => (ms === UPLOAD_LIMITS.window ? window : Promise.resolve()) };
    await using server = await serve({ clock });

    const status = rawPost(server.at(url), { ...CSV, 'Content-Length': '1000' }, HEADER, pass);

    expect(await status).toBe(408);
    expect(await usersOf(name)).toEqual([]);
  });

  test('a body that breaks off imports nobody', async () => {
    const url = await link();

    await expect(
      rawPost(url, { ...CSV, 'Content-Length': '1000' }, good('a'), (request) => request.destroy()),
    ).rejects.toThrow();

    expect((await fetch(url)).status).toBe(200);
    expect(await usersOf(name)).toEqual([]);
  });

  test('a link outlives no role: who lost it since adds nobody', async () => {
    const url = await link();
    await using server = await serve({}, {}, async () => false);

    expect((await post(server.at(url), good('a'))).status).toBe(403);
    expect(await usersOf(name)).toEqual([]);
  });

  test('a flood is turned away', async () => {
    const url = await link();
    const now = world.clock.now();
    await using server = await serve({ clock: { ...world.clock, now: () => now } }, { perMinute: 3 });

    const statuses: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) statuses.push((await fetch(server.at(url))).status);

    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('more files than memory is meant for are asked to wait', async () => {
    const url = await link();
    await using server = await serve({}, { atOnce: 0 });

    const response = await post(server.at(url), good('a'));

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });

  test('every answer carries the headers that keep a page to itself', async () => {
    const url = await link();

    for (const response of [await fetch(url), await post(url, ''), await fetch(`${url}0`)]) {
      const header = (key: string): string => response.headers.get(key) ?? '';
      expect(header('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
      );
      expect(header('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
      expect(header('cache-control')).toBe('no-store');
      expect(header('referrer-policy')).toBe('no-referrer');
      expect(header('x-content-type-options')).toBe('nosniff');
      expect(header('x-frame-options')).toBe('DENY');
    }
  });

  test('what a person is called cannot become part of the page', async () => {
    const by = { id: 'x', name: '</script><script>alert(1)</script>"\'&' };
    const offer = await offerUpload(world, { batch: name, endpoint: 'mail-hq' as EndpointName }, by);

    const page = await (await fetch(offer.url)).text();

    expect(page).not.toContain('<script>alert');
  });

  test('after thirty tries another link is needed', async () => {
    const url = await link();
    await using server = await serve({}, { perMinute: 1_000 });

    for (let tries = 0; tries < 30; tries += 1) expect((await post(server.at(url), 'x')).status).toBe(200);

    expect((await post(server.at(url), good('a'))).status).toBe(410);
    expect(await usersOf(name)).toEqual([]);
  });
});

/** Sends a request byte for byte, chunked unless a length is given; `then` is called when all that is sent is on its way. */
function rawPost(
  url: string,
  headers: Readonly<Record<string, string>>,
  text: string,
  then?: (request: ReturnType<typeof httpRequest>) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    if (then === undefined && headers['Content-Length'] === undefined) request.end(text);
    else request.write(text === '' ? ' ' : text, () => then?.(request));
  });
}
