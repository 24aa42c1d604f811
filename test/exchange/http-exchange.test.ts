import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exchangeHttp } from '../../src/exchange/http-exchange.ts';

const POST = { method: 'POST', headers: {}, timeout: 10_000 };

test('what breaks off is asked once, and never answered with half of what came', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    request.resume().once('end', () => {
      if (request.url === '/closed') request.socket.destroy();
      else if (request.url === '/cut') response.writeHead(201, { 'Content-Length': '100' }).write('{"id":');
      else if (request.url === '/chunked') response.writeHead(201).write('{"id":');
      if (request.url !== '/silent' && request.url !== '/closed') setTimeout(() => request.socket.destroy(), 20);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = Buffer.from('{}');

  await expect(exchangeHttp({ ...POST, url: `${at}/closed`, body })).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(exchangeHttp({ ...POST, url: `${at}/cut`, body })).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(exchangeHttp({ ...POST, url: `${at}/chunked`, body })).rejects.toMatchObject({ code: 'ECONNRESET' });
  const silent = exchangeHttp({ ...POST, url: `${at}/silent`, body, timeout: 200 });
  await expect(silent).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(seen).toEqual(['/closed', '/cut', '/chunked', '/silent']);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await expect(exchangeHttp({ ...POST, url: `${at}/gone`, body })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test.each([
  ['as it is', {}, (bytes: Buffer) => bytes, 'ETOOLONG'],
  ['unfolded', { 'Content-Encoding': 'gzip' }, (bytes: Buffer) => gzipSync(bytes), 'ECODING'],
])('an answer without end is none, and not kept: %s', async (_, headers, written, code) => {
  const server = createServer((request, response) => {
    const end = (): void => void response.writeHead(200, headers).end(written(Buffer.alloc(33 * 1024 * 1024, ' ')));
    request.resume().once('end', end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(exchangeHttp({ ...POST, url, body: Buffer.from('{}') })).rejects.toMatchObject({ code });
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('a large body goes out piece by piece and arrives as it is, every time it is sent', async () => {
  const received: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      received.push(Buffer.concat(chunks));
      response.end(request.headers['content-length']);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pieces = Array.from({ length: 40 }, (_, at) => Buffer.alloc(50_000 + at, at));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let tries = 0; tries < 2; tries += 1) {
    const { text } = await exchangeHttp({ ...POST, url, body: { length, pieces: () => pieces } });
    expect(text).toBe(String(length));
  }
  expect(received.map((body) => body.equals(Buffer.concat(pieces)))).toEqual([true, true]);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('what is not wanted any more when there is a connection is not sent, on a new connection as on a kept one', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    request.resume().once('end', () => response.end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const send = (path: string, wanted: boolean) =>
    exchangeHttp({
      method: 'POST',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
      headers: {},
      body: Buffer.from('{}'),
      timeout: 10_000,
      stillWanted: () => wanted,
    });

  await expect(send('/new', false)).rejects.toMatchObject({ code: 'NOT_SENT' });
  await expect(send('/first', true)).resolves.toMatchObject({ status: 200 });
  await expect(send('/kept', false)).rejects.toMatchObject({ code: 'NOT_SENT' });
  await expect(send('/last', true)).resolves.toMatchObject({ status: 200 });

  expect(seen).toEqual(['/first', '/last']);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
