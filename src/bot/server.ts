import restify from 'restify';
import type { World } from '../engine/ports.ts';
import { type RunningServer, healthAnswer } from '../health.ts';
import type { MigrationBot } from './migration-bot.ts';
import type { TeamsAdapter } from './teams-adapter.ts';
import { type UploadOptions, UploadRoutes } from './upload/upload-routes.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly world: World;
  readonly bot: MigrationBot;
  readonly adapter: TeamsAdapter;
  readonly mayUpload?: UploadOptions['mayUpload'];
}

/** Activities of Teams are small; what is larger is none. */
const LARGEST_BODY = 256 * 1024;

/** An activity has this long to arrive, a file much longer. */
const ACTIVITY_TIME = 30_000;
const FILE_TIME = 300_000;

/** Bellhop's HTTP: activities, health, readiness, metrics, the upload page. Nothing else is routed. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, world, bot, adapter } = options;
  const server = restify.createServer({ name: 'bellhop' });
  server.pre(restify.plugins.pre.sanitizePath());
  server.server.requestTimeout = FILE_TIME;
  server.server.headersTimeout = 10_000;
  const body = restify.plugins.bodyParser({ maxBodySize: LARGEST_BODY, mapParams: false });
  server.post('/api/messages', inTime, ...body, (request, response, next) => {
    adapter.process(request, response, (incoming, turn) => bot.handle(incoming, turn)).then(() => next(), next);
  });
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    server.get(path, async (_request, response) => {
      const answer = await healthAnswer(path, world);
      response.sendRaw(answer?.status ?? 404, answer?.text ?? '', { 'Content-Type': answer?.type ?? 'text/plain' });
    });
  }
  const uploads = new UploadRoutes(world, options.mayUpload === undefined ? {} : { mayUpload: options.mayUpload });
  for (const method of ['get', 'head', 'post'] as const) {
    server[method]('/upload/:token', async (request, response) => {
      await uploads.handle(request, response, String(Reflect.get(Object(request.params), 'token')));
    });
  }
  // Whatever went wrong inside stays inside.
  server.on(
    'restifyError',
    (
      _request: restify.Request,
      _response: restify.Response,
      error: { statusCode?: number; toJSON?: () => unknown },
      done: () => void,
    ) => {
      if ((error.statusCode ?? 500) >= 500)
        error.toJSON = () => ({ code: 'InternalError', message: 'The request failed.' });
      done();
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: server.address().port,
    async [Symbol.asyncDispose]() {
      server.server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

// The server's own limit is that of files, which are larger than activities.
function inTime(request: restify.Request, _response: restify.Response, next: restify.Next): void {
  const late = setTimeout(() => request.destroy(), ACTIVITY_TIME);
  const arrived = (): void => clearTimeout(late);
  request.once('end', arrived);
  request.once('close', arrived);
  next();
}
