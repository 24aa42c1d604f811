import type { IncomingMessage, ServerResponse } from 'node:http';

import type { ExchangeWorld } from '../exchange-world.ts';
import { deliver } from './deliver.ts';
import { readBody } from './read-body.ts';
import { BODY_LIMIT, receiveGraph } from './receive-graph.ts';
import type { Exchanged } from './receive-graph.ts';
import { answerSignIn } from './receive-sign-in.ts';
import { jsonAnswer } from './wire-answer.ts';
import type { WireAnswer } from './wire-answer.ts';

export interface FrontDoor {
  readonly world: ExchangeWorld;
  /** Answers the control path. */
  readonly control: (method: string, url: URL, body: Buffer) => Promise<WireAnswer>;
  readonly onExchange?: (exchanged: Exchanged) => void;
}

/** Receives every request: control path, Graph and upload URLs, or sign-in, by the start of its path. */
export async function receive(door: FrontDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, control, onExchange } = door;
  const url = new URL(request.url ?? '/', world.origin);
  const segments = url.pathname.split('/').slice(1);
  if (segments[0] === 'v1.0' || segments[0] === 'api') return receiveGraph(world, request, response, url, onExchange);
  const read = await readBody(request, BODY_LIMIT);
  const body = 'bytes' in read ? read.bytes : Buffer.alloc(0);
  const method = request.method ?? 'GET';
  const answer =
    segments[0] === '_sandbox'
      ? await answerFromHere(request, () => control(method, url, body))
      : answerSignIn(world, method, segments, body);
  return deliver(response, answer, 'whole', () => undefined);
}

/** The control path is for programs: a web page that tries it names its origin and is refused. */
async function answerFromHere(request: IncomingMessage, answer: () => Promise<WireAnswer>): Promise<WireAnswer> {
  return request.headers.origin === undefined ? answer() : jsonAnswer(403, { error: 'Not for browsers' });
}
