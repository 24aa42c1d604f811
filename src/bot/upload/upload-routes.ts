import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Locale, localeFor } from '../../cards/locale.ts';
import type { Actor } from '../../engine/domain/actor.ts';
import { failure } from '../../engine/domain/failure.ts';
import type { World } from '../../engine/ports.ts';
import { lookAtUpload, openedUpload, receiveUpload } from '../../engine/uploads.ts';
import { type BodyLimits, readBody } from './read-body.ts';
import { RequestLimit } from './request-limit.ts';
import { type UploadAnswer, briefAnswer, uploadAnswer } from './upload-answer.ts';
import { closedPage, pageHeaders, uploadPage } from './upload-page.ts';

export interface UploadLimits extends BodyLimits {
  /** Requests of one address in a minute. */
  readonly perMinute: number;
  /** Files read at the same time: each is held in memory. */
  readonly atOnce: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  // 10 MB as readMigrationCsv counts them; what is larger is refused while it comes in.
  bytes: 10_000_000,
  window: 10_000,
  perWindow: 32 * 1024,
  perMinute: 120,
  atOnce: 4,
};

/** Types that are no CSV but what systems call one; a form of another page can send none of them but text/plain. */
const CSV_TYPES: ReadonlySet<string> = new Set([
  'text/csv',
  'application/csv',
  'application/vnd.ms-excel',
  'application/octet-stream',
]);

export interface UploadOptions {
  readonly limits?: UploadLimits;
  /** Whether who asked for a link still has the role that takes. */
  readonly mayUpload?: (by: Actor) => Promise<boolean>;
}

/** `GET|POST /upload/<token>`: a page for one person and one file. Never throws; never logs an address or a body. */
export class UploadRoutes {
  readonly #world: World;
  readonly #limits: UploadLimits;
  readonly #requests: RequestLimit;
  readonly #mayUpload: (by: Actor) => Promise<boolean>;
  #reading = 0;

  constructor(world: World, { limits = UPLOAD_LIMITS, mayUpload = async () => true }: UploadOptions = {}) {
    this.#world = world;
    this.#mayUpload = mayUpload;
    this.#limits = limits;
    this.#requests = new RequestLimit(world.clock, limits.perMinute);
  }

  async handle(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    const locale = languageOf(request);
    const { answer: t } = locale.t.upload;
    if (!this.#requests.take(request.socket.remoteAddress ?? '')) {
      response.setHeader('Retry-After', '60');
      return this.#answer(request, response, 429, briefAnswer(t.tooMany, t.wait, true));
    }
    if (request.method === 'POST') return this.#file(request, response, token, locale);
    const { state, ticket } = await lookAtUpload(this.#world, token);
    const isOpen = state === 'open' && ticket !== undefined;
    if (isOpen) await openedUpload(this.#world, token, ticket);
    this.#send(response, isOpen ? 200 : state === 'unknown' ? 404 : 410, {
      type: 'text/html',
      text: isOpen
        ? uploadPage(ticket, locale, this.#world.clock.now())
        : closedPage(state === 'open' ? 'unknown' : state, ticket, locale),
    });
  }

  async #file(request: IncomingMessage, response: ServerResponse, token: string, locale: Locale): Promise<void> {
    const { answer: t, closed } = locale.t.upload;
    if (!this.#isOwn(request)) return this.#answer(request, response, 403, briefAnswer(t.foreign, '', true));
    const { state, ticket } = await lookAtUpload(this.#world, token);
    if (state === 'open' && ticket !== undefined && !(await this.#mayUpload(ticket.by))) {
      const { message, remedy } = locale.failure(failure('NotAllowed', { role: 'operator' }));
      return this.#answer(request, response, 403, briefAnswer(message, remedy, false));
    }
    if (state !== 'open') {
      const answer = briefAnswer(closed[state], '', false);
      return this.#answer(request, response, state === 'unknown' ? 404 : 410, answer);
    }
    if (!CSV_TYPES.has(typeOf(request)))
      return this.#answer(request, response, 415, briefAnswer(t.notCsv, t.again, true));
    if (this.#reading >= this.#limits.atOnce) {
      response.setHeader('Retry-After', '5');
      return this.#answer(request, response, 503, briefAnswer(t.tooMany, t.wait, true));
    }
    this.#reading += 1;
    try {
      const body = await readBody(request, this.#limits, this.#world.clock);
      if (body === 'gone') return;
      if (body === 'too-large')
        return this.#answer(request, response, 413, briefAnswer(t.tooLarge, locale.t.upload.page.tooLarge, true));
      if (body === 'too-slow') return this.#answer(request, response, 408, briefAnswer(t.tooSlow, t.again, true));
      const upload = await receiveUpload(this.#world, token, { csv: body, say: locale.problem });
      const status = { imported: 200, refused: 422, closed: 410, busy: 409 }[upload.outcome];
      this.#answer(request, response, status, uploadAnswer(upload, locale));
    } finally {
      this.#reading -= 1;
    }
  }

  // A browser says which page sends: another site's may not, whatever it knows. Programs say nothing.
  #isOwn({ headers }: IncomingMessage): boolean {
    const { publicUrl } = this.#world.settings;
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') return false;
    return origin === undefined || (publicUrl !== undefined && origin === new URL(publicUrl).origin);
  }

  #answer(request: IncomingMessage, response: ServerResponse, status: number, answer: UploadAnswer): void {
    // A body nobody wants any more is not waited for.
    if (!request.complete) {
      response.setHeader('Connection', 'close');
      response.once('finish', () => void this.#leave(request));
    }
    this.#send(response, status, { type: 'application/json', text: JSON.stringify(answer) });
  }

  // Closed at once, the answer would be lost with what is still coming in.
  async #leave(request: IncomingMessage): Promise<void> {
    request.resume();
    await this.#world.clock.sleep(LINGER);
    request.destroy();
  }

  #send(
    response: ServerResponse,
    status: number,
    { type, text }: { readonly type: string; readonly text: string },
  ): void {
    const isHttps = this.#world.settings.publicUrl?.startsWith('https:') === true;
    response.writeHead(status, {
      ...pageHeaders(isHttps),
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  }
}

const LINGER = 1_000;

function typeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

// What the address says, else what the browser prefers.
function languageOf({ url = '', headers }: IncomingMessage): Locale {
  const asked = new URL(url, 'http://localhost').searchParams.get('lang');
  const [preferred = ''] = (headers['accept-language'] ?? '').split(',');
  return localeFor(asked ?? preferred.trim());
}
