import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from './engine/ports.ts';
import { metricsText } from './metrics.ts';

/** An HTTP answer that is text. */
export interface TextAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Something that listens on a port. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

const READY_WITHIN = 3_000;
const JSON_TYPE = 'application/json';

/** What every process answers, whatever its roles: alive, usable, measured. Undefined for other paths. */
export async function healthAnswer(path: string, world: World): Promise<TextAnswer | undefined> {
  switch (path) {
    case '/healthz':
      return { status: 200, type: JSON_TYPE, text: '{"status":"alive"}' };
    case '/readyz': {
      const failing = await failingParts(world);
      const answer = failing.length === 0 ? { status: 'ready' } : { status: 'not ready', failing };
      return { status: failing.length === 0 ? 200 : 503, type: JSON_TYPE, text: JSON.stringify(answer) };
    }
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4', text: await metricsText(world) };
    default:
      return undefined;
  }
}

/** Serves health alone: for a process without the bot, which so needs neither restify nor botbuilder in memory. */
export async function startHealthServer(host: string, port: number, world: World): Promise<RunningServer> {
  const server = createServer((request, response) => {
    healthAnswer((request.url ?? '').split('?')[0] ?? '', world)
      .then((answer) =>
        response
          .writeHead(answer?.status ?? 404, { 'Content-Type': answer?.type ?? JSON_TYPE })
          .end(answer?.text ?? '{}'),
      )
      .catch(() => response.writeHead(500).end());
  });
  server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a process stands on, and cannot use now. */
async function failingParts(world: World): Promise<readonly string[]> {
  const parts = {
    state: () => world.store.endpoints(),
    queue: () => world.jobs.pending('test-endpoint'),
    ledger: () => world.ledgers.examine(),
  };
  const looked = Object.entries(parts).map(async ([name, look]) => ((await answersSoon(world, look)) ? [] : [name]));
  return (await Promise.all(looked)).flat();
}

async function answersSoon(world: World, look: () => Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const slow = world.clock.sleep(READY_WITHIN, late.signal).then(
    () => false,
    () => false,
  );
  const looked = look().then(
    () => true,
    () => false,
  );
  const usable = await Promise.race([looked, slow]);
  late.abort();
  return usable;
}
