import { randomUUID } from 'node:crypto';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, TargetBudget, WaitWatch } from '../engine/ports.ts';
import { type GraphAnswer, type Judged, answerOf, readJson, withoutAnswer } from './graph-answer.ts';
import { type BatchSender, batchSender, contentOf } from './graph-batch.ts';
import { type GraphError, type GraphVerdict, describe } from './graph-failure.ts';
import { CONNECT_TIMEOUT, type HttpExchange, exchangeHttp } from './http-exchange.ts';
import { nextPage } from './next-page.ts';
import type { SignIn } from './graph-sign-in.ts';
import type { StreamedBody } from './streamed-body.ts';
import { UNWATCHED } from './unwatched.ts';

export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the version, beginning with "/", every value already encoded; or a whole URL the server gave us. */
  readonly path: string;
  /** A value to be sent as JSON. */
  readonly body?: unknown;
  /** Or bytes, which already are what is sent. */
  readonly bytes?: Buffer | StreamedBody;
  /** The mailbox whose budget pays; without one, the budget of the directory. */
  readonly mailbox?: string;
  /** How many requests this one is to the limits: those inside of a batch count. Without it, one. */
  readonly counts?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether a body is what was asked for; a success without it is none (an empty page says nothing about a list). */
  readonly holds?: (body: unknown) => boolean;
  /** Asked when nothing is waited for any more; what it throws keeps the request from being sent. */
  readonly beforeSending?: () => Promise<void>;
}

export interface GraphClient extends BatchSender {
  /** Sends once. Only a 429 is sent again (it was surely not carried out), and an expired token is renewed. */
  send<Body>(request: GraphRequest): Promise<GraphAnswer<Body>>;
  /** Sends to an upload URL the server gave us: pre-authenticated, so without the token (large attachments). */
  upload(request: GraphRequest): Promise<GraphAnswer<unknown>>;
  /** A request that may be repeated: passing troubles are waited out a few times. Throws MigrationError for what remains. */
  read<Body>(request: GraphRequest): Promise<GraphAnswer<Body>>;
  /** All pages of a list. */
  pages<Item>(request: GraphRequest): AsyncIterable<Item>;
}

export interface GraphClientOptions {
  readonly graphUrl: string;
  readonly signIn: SignIn;
  readonly budget: TargetBudget;
  readonly clock: Clock;
  readonly timeScale: number;
  /** Hears what a request waits for. */
  readonly watch?: WaitWatch | undefined;
}

const BASE_TIMEOUT = 60_000;
/** Uploads get time for their bytes at 50 kB/s. */
const SLOWEST_BYTES_PER_MS = 50;
/** Rests up to this long are waited out in place; longer ones free the worker. */
const PATIENCE = 3_000;
/** What may be sent is sent within this time (ms), or asked about again; far below the time after which a mailbox is taken over. */
const STOPPED = 1_500;
const REST_WITHOUT_HEADER = 5_000;
const SHORTEST_REST = 250;
const MOST_RENEWALS = 2;
const RENEWAL_PAUSE = 2_000;
const READ_TRIES = 4;
const MOST_PAGES = 20_000;

/**
 * The only place that talks HTTP to Graph. Deliberately without the stock client's retry handler: it repeats POST on
 * 5xx, and that duplicates mail.
 */
export function graphClient({
  graphUrl,
  signIn,
  budget,
  clock,
  timeScale,
  watch = UNWATCHED,
}: GraphClientOptions): GraphClient {
  const root = new URL(graphUrl);
  const base = `${root.origin}${root.pathname.replace(/\/(v1\.0\/?)?$/, '')}/v1.0`;

  async function send<Body>(request: GraphRequest, preauthenticated = false): Promise<GraphAnswer<Body>> {
    const url = urlOf(request.path, preauthenticated);
    const body = contentOf(request);
    const upload = request.method === 'GET' || request.method === 'DELETE' ? 0 : (body?.length ?? 0);
    for (let fresh = false, renewals = 0, rests = 0; ; rests += 1) {
      request.signal?.throwIfAborted();
      const token = preauthenticated ? undefined : await signIn(fresh);
      fresh = false;
      const answer = await attempt<Body>(request, url, body, upload, token);
      if (answer.ok) return answer;
      if (answer.verdict === 'unauthorized' && renewals < MOST_RENEWALS && !preauthenticated) {
        // A new token is not known everywhere at once.
        if (renewals > 0) await clock.sleep(RENEWAL_PAUSE / timeScale, request.signal);
        renewals += 1;
        fresh = true;
      } else if (answer.verdict === 'throttled') await rest(request.mailbox, answer.retryAfter, rests);
      else return answer;
    }
  }

  function urlOf(path: string, preauthenticated: boolean): string {
    if (preauthenticated) return path;
    return path.startsWith('/') ? base + path : path;
  }

  async function attempt<Body>(
    request: GraphRequest,
    url: string,
    body: Buffer | StreamedBody | undefined,
    upload: number,
    token: string | undefined,
  ): Promise<Judged<Body>> {
    const signal = request.signal ?? new AbortController().signal;
    const { counts = 1 } = request;
    const place = await budget.enter(request.mailbox, upload, signal, watch, counts);
    const id = randomUUID();
    try {
      const asked = clock.now();
      await request.beforeSending?.();
      watch.requested(upload, counts);
      const exchange: HttpExchange = {
        method: request.method,
        url,
        headers: {
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          Accept: 'application/json',
          // Without this an id changes when its item moves (outlook-immutable-id).
          Prefer: 'IdType="ImmutableId"',
          'client-request-id': id,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...request.headers,
        },
        body,
        // A process that was stopped since cannot know what happened meanwhile.
        stillWanted: request.beforeSending === undefined ? undefined : () => clock.now() - asked < STOPPED,
        timeout: BASE_TIMEOUT + Math.ceil(upload / SLOWEST_BYTES_PER_MS),
      };
      const { status, headers, text } = await watch.during('target', () => exchangeHttp(exchange));
      const parsed = readJson(text);
      const isWhole = request.holds?.(parsed) ?? (request.method !== 'GET' || text !== '');
      const answer = answerOf<Body>({ status, headers, body: parsed }, { id, now: clock.now(), isWhole });
      // A busy server names its time: the whole mailbox rests, whatever became of this request.
      if (status === 503 && !answer.ok && answer.retryAfter !== undefined)
        await budget.rest(request.mailbox, answer.retryAfter);
      return answer;
    } catch (error) {
      if (error instanceof MigrationError) throw error;
      const code = networkCode(error);
      if (NEVER_SENT.has(code))
        throw new MigrationError('TargetUnavailable', { detail: `${root.host} ${code}` }, { cause: error });
      return withoutAnswer(id, 0, code);
    } finally {
      // Not waited for: the next request of this lane need not pay for it.
      void place.leave().catch(() => undefined);
    }
  }

  async function rest(mailbox: string | undefined, retryAfter: number | undefined, rests: number): Promise<void> {
    // A sandbox makes our own waits faster; a time the server named is the server's. One that names none, or "now" again and
    // again, must not be asked in a circle.
    const own = (rest: number): number => (rest * 2 ** Math.min(rests, 5)) / timeScale;
    const ms = Math.max(retryAfter ?? own(REST_WITHOUT_HEADER), rests === 0 ? 0 : own(SHORTEST_REST));
    await budget.throttled(mailbox, ms);
    if (ms > PATIENCE) throw new MigrationError('TargetThrottled', {}, { retryAt: clock.now() + ms });
    await watch.during('budget', () => clock.sleep(ms));
  }

  async function read<Body>(request: GraphRequest): Promise<GraphAnswer<Body>> {
    for (let tries = 1; ; tries += 1) {
      const answer = await send<Body>(request);
      if (answer.ok || answer.verdict !== 'uncertain') return answer;
      if (tries >= READ_TRIES) throw new MigrationError('TargetUnavailable', { detail: describe(answer.error) });
      const pause = (500 * 2 ** tries) / timeScale;
      await watch.during('target', () => clock.sleep(pause, request.signal));
    }
  }

  return {
    ...batchSender({
      send,
      throttled: (mailbox, retryAfter) => rest(mailbox, retryAfter, 0),
      busy: (mailbox, retryAfter) => budget.rest(mailbox, retryAfter),
      clock,
    }),
    send: (request) => send(request),
    upload: (request) => send(request, true),
    read,
    async *pages<Item>(request: GraphRequest) {
      const seen = new Set<string>();
      let path: string | undefined = request.path;
      while (path !== undefined) {
        // A list that leads back into itself would never end.
        if (seen.has(path) || seen.size >= MOST_PAGES)
          throw new MigrationError('TargetRefused', { detail: 'a list does not end' });
        seen.add(path);
        const answer: GraphAnswer<{ readonly value?: readonly Item[]; readonly '@odata.nextLink'?: string }> =
          await read({ ...request, path, holds: isList });
        if (!answer.ok) throw failureOf(answer);
        yield* answer.body.value ?? [];
        path = nextPage(answer.body['@odata.nextLink'], base);
      }
    },
  };
}

/** The MigrationError of an answer nobody can go on with. */
export function failureOf(answer: { readonly verdict: GraphVerdict; readonly error: GraphError }): MigrationError {
  const details = { detail: describe(answer.error) };
  switch (answer.verdict) {
    case 'mailbox-unusable':
      return new MigrationError('MailboxNotUsable', details);
    case 'mailbox-full':
      return new MigrationError('MailboxFull', details);
    case 'forbidden':
      return new MigrationError('TargetForbidden', details);
    case 'unauthorized':
      return new MigrationError('TargetSignInFailed', details);
    case 'uncertain':
      return new MigrationError('TargetUnavailable', details);
    case 'not-found':
    case 'conflict':
      return new MigrationError('TargetChanged', details);
    case 'named-properties-full':
      return new MigrationError('TargetRefused', {
        detail: `${details.detail}: the mailbox' table of named properties is full, so items cannot be marked`,
      });
    default:
      return new MigrationError('TargetRefused', details);
  }
}

const NEVER_SENT = new Set(['NOT_SENT', CONNECT_TIMEOUT, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']); // prettier-ignore

function networkCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'network';
}

function isList(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Array.isArray(Reflect.get(body, 'value'));
}
