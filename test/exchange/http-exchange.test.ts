import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { exchangeHttp } from '../../src/exchange/http-exchange.ts';

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
