import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GraphClient, graphClient } from '../../src/exchange/graph-client.ts';
import { unlimitedBudget } from '../../src/store/redis-budget.ts';

export interface AskedOfGraph {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ScriptedGraph extends AsyncDisposable {
  readonly origin: string;
  readonly asked: readonly AskedOfGraph[];
  /** ms every wait of the client was for. */
  readonly waits: readonly number[];
  /** ms the budget was told to rest, without a refusal. */
  readonly rests: readonly number[];
  readonly client: GraphClient;
}

type Answer = (asked: AskedOfGraph, response: ServerResponse, origin: string) => void;

/** A server that says what a test wants, and the client of the product on it; its waits are noted and not waited. */
export async function scriptedGraph(answer: Answer): Promise<ScriptedGraph> {
  const asked: AskedOfGraph[] = [];
  const waits: number[] = [];
  const rests: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks) };
      asked.push(seen);
      answer(seen, response, origin);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: () => Date.now(), sleep: async (ms: number) => void waits.push(ms) };
  const client = graphClient({
    graphUrl: origin,
    signIn: async () => 'token',
    budget: { ...unlimitedBudget(), rest: async (_mailbox, ms) => void rests.push(ms) },
    clock,
    timeScale: 1,
  });
  return {
    origin,
    asked,
    waits,
    rests,
    client,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
