import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import type { Delivery } from '../graph/suffer-fault.ts';
import type { WireAnswer } from './wire-answer.ts';

const DRIPS = 20;

/** Writes an answer, or fails to, in the way a fault rule asked for. `before` runs just before the last byte goes out. */
export async function deliver(
  response: ServerResponse,
  answer: WireAnswer,
  delivery: Delivery,
  before: () => void,
): Promise<void> {
  const { socket } = response;
  if (delivery === 'silence') return waitForClose(response, before);
  if (delivery === 'reset') {
    before();
    socket?.destroy();
    return;
  }
  const body = answer.body ?? Buffer.alloc(0);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status === 204 ? {} : { 'Content-Length': String(body.length) }),
  });
  if (delivery === 'cut') {
    await new Promise<void>((resolve) => response.write(body.subarray(0, Math.ceil(body.length / 2)), () => resolve()));
    before();
    socket?.destroy();
    return;
  }
  if (typeof delivery === 'object') await drip(response, body, delivery.dripMs);
  before();
  response.end(typeof delivery === 'object' || body.length === 0 ? undefined : body);
}

async function drip(response: ServerResponse, body: Buffer, ms: number): Promise<void> {
  const size = Math.max(1, Math.ceil(body.length / DRIPS));
  for (let at = 0; at < body.length && !response.destroyed; at += size) {
    response.write(body.subarray(at, at + size));
    await wait(ms / DRIPS);
  }
}

/** The caller waits until it has had enough. */
async function waitForClose(response: ServerResponse, before: () => void): Promise<void> {
  if (!response.destroyed) await new Promise<void>((resolve) => response.once('close', resolve));
  before();
}
