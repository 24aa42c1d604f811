import type { AddressInfo } from 'node:net';
import restify from 'restify';
import type { World } from '../engine/ports.ts';
import type { MigrationBot } from './migration-bot.ts';
import { metricsText } from './metrics.ts';
import type { TeamsAdapter } from './teams-adapter.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly world: World;
  /** The chat edge; absent in a process that runs no bot. */
  readonly chat?: { readonly bot: MigrationBot; readonly adapter: TeamsAdapter };
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/** Activities of Teams are small; what is larger is none. */
const LARGEST_BODY = 256 * 1024;

/** Bellhop's HTTP: activities, health, readiness, metrics. Nothing else is routed. */
export async function startServer({ host, port, world, chat }: ServerOptions): Promise<RunningServer> {
  const server = restify.createServer({ name: 'bellhop' });
  server.pre(restify.plugins.pre.sanitizePath());
  server.server.requestTimeout = 30_000;
  server.server.headersTimeout = 10_000;
  if (chat !== undefined) {
    const body = restify.plugins.bodyParser({ maxBodySize: LARGEST_BODY, mapParams: false });
    server.post('/api/messages', ...body, async (request, response) => {
      await chat.adapter.process(request, response, (incoming, turn) => chat.bot.handle(incoming, turn));
    });
  }
  server.get('/healthz', async (_request, response) => {
    response.send(200, { status: 'alive' });
  });
  server.get('/readyz', async (_request, response) => {
    const ready = await isReady(world);
    response.send(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
  });
  server.get('/metrics', async (_request, response) => {
    response.sendRaw(200, await metricsText(world), { 'Content-Type': 'text/plain; version=0.0.4' });
  });
  // Whatever went wrong inside stays inside.
  server.on('restifyError', (_request: restify.Request, _response: restify.Response, error: { statusCode?: number; toJSON?: () => unknown }, done: () => void) => {
    if ((error.statusCode ?? 500) >= 500) error.toJSON = () => ({ code: 'InternalError', message: 'The request failed.' });
    done();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const READY_WITHIN = 3_000;

async function isReady(world: World): Promise<boolean> {
  const late = new AbortController();
  const slow = world.clock.sleep(READY_WITHIN, late.signal).then(() => false, () => false);
  const state = Promise.all([world.store.endpoints(), world.jobs.pending('test-endpoint')]).then(() => true, () => false);
  const ready = await Promise.race([state, slow]);
  late.abort();
  return ready;
}
