import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MigrationError } from '../../src/engine/domain/failure.ts';
import { parseFlags } from '../../src/engine/domain/mailbox.ts';
import { wholeRanges } from '../../src/exchange/base64.ts';
import { exchangeMailbox } from '../../src/exchange/exchange-mailbox.ts';
import { failureOf } from '../../src/exchange/graph-client.ts';
import { signInFailure } from '../../src/exchange/graph-sign-in.ts';
import { judge, readGraphError } from '../../src/exchange/graph-failure.ts';
import { missingAttachments } from '../../src/exchange/missing-attachments.ts';
import type { ParsedAttachment } from '../../src/exchange/read-mime.ts';
import { uploadAttachment } from '../../src/exchange/upload-session.ts';
import { type ScriptedGraph, json, scriptedGraph } from '../support/scripted-graph.ts';

const LIST = { value: [{ id: 'a' }] };
const never = new AbortController().signal;
const list = { method: 'GET', path: '/users/u/mailFolders' } as const;

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('an answer is read whatever a proxy compressed it with: %s', async (coding, encode) => {
  await using graph = await scriptedGraph((_, response) =>
    response.writeHead(200, { 'Content-Encoding': coding }).end(encode(JSON.stringify(LIST))),
  );
  expect(await Array.fromAsync(graph.client.pages(list))).toEqual(LIST.value);
});

test('a coding nobody knows, and one that does not decode, are answers that got lost', async () => {
  await using graph = await scriptedGraph(({ url }, response) =>
    response.writeHead(200, { 'Content-Encoding': url.endsWith('odd') ? 'rot13' : 'gzip' }).end('{}'),
  );
  for (const path of ['/odd', '/broken'])
    expect(await graph.client.send({ method: 'POST', path, body: {} })).toMatchObject({ verdict: 'uncertain' });
});

test('a byte order mark is no reason to lose an answer', async () => {
  await using graph = await scriptedGraph((_, response) => response.end(`\ufeff${JSON.stringify(LIST)}`));
  expect(await Array.fromAsync(graph.client.pages(list))).toEqual(LIST.value);
});

test('links to the next page are followed on the own host, whatever host they name', async () => {
  const links = [
    'https://graph.example/v1.0/users/u/mailFolders?$skiptoken=a%2Bb%3D',
    '/v1.0/users/u/x?p=2',
    undefined,
  ];
  await using graph = await scriptedGraph(({ url }, response, origin) => {
    const link = url.includes('mailFolders?') ? origin + links[1] : url.includes('/x?') ? links[2] : links[0];
    json(response, 200, { value: [{ id: url }], ...(link === undefined ? {} : { '@odata.nextLink': link }) });
  });
  await Array.fromAsync(graph.client.pages(list));
  expect(graph.asked.map(({ url }) => url)).toEqual([
    '/v1.0/users/u/mailFolders',
    '/v1.0/users/u/mailFolders?$skiptoken=a%2Bb%3D',
    '/v1.0/users/u/x?p=2',
  ]);
  expect(graph.asked.every(({ headers }) => headers.authorization === 'Bearer token')).toBe(true);
});

test('a page without its list is asked for again: nothing there would be a lie that brings mail twice', async () => {
  await using graph = await scriptedGraph((_, response) => {
    if (graph.asked.length === 1) response.writeHead(200).end();
    else if (graph.asked.length === 2) json(response, 200, { '@odata.context': 'x' });
    else if (graph.asked.length === 3) response.writeHead(200).end('<html>Sign in to the network</html>');
    else json(response, 200, LIST);
  });
  expect(await Array.fromAsync(graph.client.pages(list))).toEqual(LIST.value);
  expect(graph.asked).toHaveLength(4);
});

test('a write that is answered by a redirect was perhaps not carried out, and is no verdict on the message', async () => {
  await using graph = await scriptedGraph((_, response) => response.writeHead(302, { Location: '/login' }).end());
  expect(await graph.client.send({ method: 'POST', path: '/x', body: {} })).toMatchObject({ verdict: 'uncertain' });
});

test('who says "come back now" again and again is asked ever later; a date is read by the clock of who wrote it', async () => {
  const now = Date.now() - 3_600_000;
  await using graph = await scriptedGraph((_, response) => {
    const at = graph.asked.length;
    const date = { Date: new Date(now).toUTCString(), 'Retry-After': new Date(now + 2_000).toUTCString() };
    json(response, at > 4 ? 200 : 429, {}, at === 4 ? date : { 'Retry-After': '0' });
  });
  expect(await graph.client.send({ method: 'GET', path: '/x' })).toMatchObject({ ok: true });
  expect(graph.waits).toEqual([0, 500, 1_000, 2_000]);
});

test('a token that is refused twice in a row is renewed twice; a third refusal is one', async () => {
  await using graph = await scriptedGraph(({ url }, response) => {
    const count = graph.asked.filter((each) => each.url === url).length;
    const claims = 'Bearer error="insufficient_claims", claims="eyJhIjp7fX0="';
    json(response, count <= (url.endsWith('/twice') ? 2 : 9) ? 401 : 200, {}, { 'WWW-Authenticate': claims });
  });
  expect(await graph.client.send({ method: 'GET', path: '/twice' })).toMatchObject({ ok: true });
  expect(await graph.client.send({ method: 'GET', path: '/ever' })).toMatchObject({ verdict: 'unauthorized' });
  expect(graph.asked).toHaveLength(6);
});

test.each([
  [Object.assign(new Error('invalid_client: AADSTS7000215: wrong secret'), { errorCode: 'invalid_client' }), 'TargetSignInFailed'], // prettier-ignore
  [Object.assign(new Error('unauthorized_client'), { errorCode: 'unauthorized_client' }), 'TargetSignInFailed'],
  [Object.assign(new Error('the body was cut'), { errorCode: 'client_error' }), 'TargetUnavailable'],
  [
    Object.assign(new Error('AADSTS90033: A transient error'), { errorCode: 'temporarily_unavailable' }),
    'TargetUnavailable',
  ],
  [Object.assign(new Error('no start line'), { code: 'ERR_OSSL_PEM_NO_START_LINE' }), 'TargetSignInFailed'],
  [new SyntaxError('Unexpected token < in JSON'), 'TargetUnavailable'],
  [new MigrationError('TargetSignInFailed', { detail: 'no token' }), 'TargetSignInFailed'],
])('a sign-in failed by %s: %s', (error, code) => {
  expect(signInFailure(error).code).toBe(code);
});

test('of nested errors the innermost one that is understood counts, in any case of letters', () => {
  const body = {
    error: {
      code: 'BadRequest',
      message: 'x',
      innererror: { code: 'ERRORQUOTAEXCEEDED', innerError: { code: 'deeper' } },
    },
  };
  expect(judge(readGraphError(400, body, ''))).toBe('mailbox-full');
  expect(readGraphError(400, { error: { code: 'BadRequest', innerError: { date: 'x' } } }, '').code).toBe('BadRequest');
});

test('what was there and is not is looked for anew, not given up', () => {
  for (const verdict of ['not-found', 'conflict'] as const)
    expect(failureOf({ verdict, error: { status: 404, code: '', message: '', requestId: '' } }).code).toBe(
      'TargetChanged',
    );
});

test.each([
  ['takes less than it was sent', 'partial'],
  ['answers 503 after it took a range', '503'],
  ['breaks the connection after it took a range', 'reset'],
])('an upload session that %s is gone on with where it is', async (_, trouble) => {
  const bytes = Buffer.alloc(9_000_000, 'x');
  let stored = 0;
  let troubles = 0;
  await using graph = await scriptedGraph(({ method, headers, body }, response) => {
    const state = () => ({ NextExpectedRanges: [`${stored}-${bytes.length - 1}`] });
    if (method === 'GET') return json(response, 200, state());
    const start = Number(/^bytes (\d+)-/.exec(String(headers['content-range']))?.[1]);
    if (start !== stored) return json(response, 416, { error: { code: 'invalidRange' } });
    troubles += 1;
    stored += trouble === 'partial' && troubles < 3 ? 327_680 : body.length;
    if (trouble === '503' && troubles === 1) return void response.writeHead(503).end('<html>');
    if (trouble === 'reset' && troubles === 2) return void response.destroy();
    if (stored < bytes.length) return json(response, 202, state());
    response.writeHead(201, { Location: 'https://outlook.example/x' }).end();
  });
  expect(await uploadAttachment(graph.client, `${graph.origin}/up/1`, bytes, 'm', never)).toMatchObject({ ok: true });
  expect(stored).toBe(bytes.length);
});

test('a folder is made once, although answers get lost and lists show it late', async () => {
  let made = 0;
  await using graph = await scriptedGraph(({ method }, response) => {
    const posts = graph.asked.filter((each) => each.method === 'POST').length;
    if (method === 'GET') json(response, 200, { value: posts < 3 ? [] : [{ id: 'f', displayName: 'Projects' }] });
    else if (posts === 1) response.writeHead(503).end('<html>');
    else if (made > 0) json(response, 409, { error: { code: 'ErrorFolderExists' } });
    else {
      made += 1;
      response.writeHead(504).end('<html>');
    }
  });
  expect(await mailboxOf(graph).createFolder('parent', 'Projects')).toMatchObject({ id: 'f', parentId: 'parent' });
  expect(made).toBe(1);
});

test('a message for a folder that is not known everywhere yet is sent again, one that conflicts is asked about', async () => {
  await using graph = await scriptedGraph((_, response) => {
    if (graph.asked.length < 3) json(response, 404, { error: { code: 'ErrorItemNotFound' } });
    else if (graph.asked.length === 3) json(response, 201, { id: 'item' });
    else json(response, 409, { error: { code: 'ErrorIrresolvableConflict' } });
  });
  const message = { raw: Buffer.from('Subject: x\r\n\r\ny'), marker: 'm', flags: parseFlags([]), categories: [] };
  const mailbox = mailboxOf(graph);
  expect(await mailbox.importMessage('young', message, never)).toMatchObject({ outcome: 'imported', id: 'item' });
  expect(await mailbox.importMessage('young', message, never)).toMatchObject({ outcome: 'unknown' });
});

test('a message whose attachment exceeds what the mailbox takes is taken back and skipped as too large', async () => {
  await using graph = await scriptedGraph(({ url }, response) => {
    if (url.endsWith('/messages')) json(response, 201, { id: 'item' });
    else if (url.endsWith('/createUploadSession')) json(response, 413, { error: { code: 'ErrorMessageSizeExceeded' } });
    else response.writeHead(204).end();
  });
  const content = Buffer.alloc(6_000_000, 'x').toString('base64');
  const head = 'Content-Type: application/x-any; name=a.bin\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.bin'; // prettier-ignore
  const message = { raw: Buffer.from(`${head}\r\n\r\n${content}`), marker: 'm', flags: parseFlags([]), categories: [] };
  const outcome = await mailboxOf(graph).importMessage('f', message, never);
  expect(outcome).toMatchObject({ outcome: 'refused', code: 'ItemTooLarge' });
  expect(graph.asked.at(-1)?.url).toBe('/v1.0/users/box/messages/item/permanentDelete');
});

test('an upload session that takes nothing any more is left, and the item is asked', async () => {
  await using graph = await scriptedGraph((_, response) => json(response, 202, { nextExpectedRanges: ['0-'] }));
  const answer = await uploadAttachment(graph.client, `${graph.origin}/up/1`, Buffer.alloc(5_000_000), 'm', never);
  expect(answer).toMatchObject({ ok: false, verdict: 'uncertain' });
  expect(graph.asked).toHaveLength(4);
});

test('of attachments with one name the one that is missing is told by its size', () => {
  const large = attachment('f.bin', 5_000_000);
  const small = attachment('f.bin', 1_000);
  const other = attachment('g.bin', 1_000);
  expect(missingAttachments([large, small, other], [{ name: 'f.bin', size: 1_200 }])).toEqual([large, other]);
  expect(missingAttachments([large, small], [{ name: 'f.bin', size: 5_000_300 }])).toEqual([small]);
  expect(
    missingAttachments(
      [large, small],
      [
        { name: 'f.bin', size: 1 },
        { name: 'renamed', size: 1 },
      ],
    ),
  ).toEqual([]);
});

function mailboxOf({ client }: ScriptedGraph) {
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  return exchangeMailbox({
    graph: client,
    id: 'box',
    maxItemSize: 40_000_000,
    session: undefined,
    clock,
    timeScale: 1,
  });
}

function attachment(name: string, size: number): ParsedAttachment {
  const bytes = Buffer.alloc(size);
  const content = { size, read: () => bytes, ranges: () => wholeRanges(bytes) };
  return { name, contentType: 'x/y', contentId: undefined, inline: false, ...content, method: undefined };
}
