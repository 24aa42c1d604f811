import { randomUUID } from 'node:crypto';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock } from '../engine/ports.ts';
import { type GraphAnswer, type Judged, type Reply, answerOf, readJson, withoutAnswer } from './graph-answer.ts';
import { batchSize } from './batch-size.ts';
import type { GraphClient, GraphRequest } from './graph-client.ts';
import type { GraphVerdict } from './graph-failure.ts';
import { type StreamedBody, joined } from './streamed-body.ts';

/** For so long (ms) nothing is sent together after a batch that brought nothing: not every server, proxy or permission allows it. */
const PAUSE = 600_000;

export interface BatchSender {
  /** How many requests of one mailbox are worth being sent together now; 1: none. */
  together(): number;
  /**
   * Sends up to `together()` requests of one mailbox in one. Answers for each in their order; undefined for one that was
   * surely not carried out and has to be sent by itself, which also tells why. Throws MigrationError when none was.
   */
  sendTogether<Body>(requests: readonly GraphRequest[]): Promise<readonly (GraphAnswer<Body> | undefined)[]>;
}

interface BatchSenderOptions {
  readonly send: GraphClient['send'];
  /** Hears of a request inside that was refused with 429, with what the server named as rest (ms). */
  readonly throttled: (mailbox: string | undefined, retryAfter: number | undefined) => Promise<void>;
  /** Hears of one a busy server (503) gave a time to come back (ms). */
  readonly busy: (mailbox: string | undefined, retryAfter: number) => Promise<void>;
  readonly clock: Clock;
}

/** Sends what belongs together as JSON batches, as large as the server is quick. */
export function batchSender({ send, throttled, busy, clock }: BatchSenderOptions): BatchSender {
  const size = batchSize();
  let pausedUntil = 0;
  let barren = 0;
  return {
    together: () => (clock.now() < pausedUntil ? 1 : size.now()),
    async sendTogether<Body>(requests: readonly GraphRequest[]) {
      const [first] = requests;
      if (first === undefined || requests.length === 1) return requests.map(() => undefined);
      let sentAt = clock.now();
      const answer = await send<unknown>({
        method: 'POST',
        path: '/$batch',
        bytes: batchBody(requests),
        counts: requests.length,
        holds: isBatchAnswer,
        ...(first.mailbox === undefined ? {} : { mailbox: first.mailbox }),
        ...(first.signal === undefined ? {} : { signal: first.signal }),
        // Here nothing is waited for any more: from now on it is the server that takes its time.
        beforeSending: async () => {
          await first.beforeSending?.();
          sentAt = clock.now();
        },
      });
      const now = clock.now();
      size.took(requests.length, now - sentAt);
      if (!answer.ok) {
        pausedUntil = now + PAUSE;
        const isUnknown = CONCLUSIVE.has(answer.verdict) && answer.error.status !== NOT_IMPLEMENTED;
        return requests.map(() => (isUnknown ? answer : undefined));
      }
      const answers = readBatch<Body>(answer.body, requests.length, now);
      barren = answers.some((each) => each?.ok) ? 0 : barren + 1;
      if (barren >= BARREN || !isOneByOne(answers)) pausedUntil = now + PAUSE;
      await hearRests(first.mailbox, answers);
      return answers.map((each) => (each?.ok === false && !CONCLUSIVE.has(each.verdict) ? undefined : each));
    },
  };

  // The longest rest counts, as among requests that were sent by themselves.
  async function hearRests<Body>(
    mailbox: string | undefined,
    answers: readonly (Judged<Body> | undefined)[],
  ): Promise<void> {
    const failed = answers.filter((each) => each?.ok === false);
    const busyFor = longest(failed.filter(({ error }) => error.status === BUSY));
    if (busyFor !== undefined) await busy(mailbox, busyFor);
    const refused = failed.filter(({ verdict }) => verdict === 'throttled');
    // A rest too long to be waited out here is met again, by those that are sent by themselves.
    if (refused.length > 0) await throttled(mailbox, longest(refused)).catch(unlessThrottled);
  }
}

function longest(answers: readonly { readonly retryAfter?: number | undefined }[]): number | undefined {
  const named = answers.flatMap(({ retryAfter }) => (retryAfter === undefined ? [] : [retryAfter]));
  return named.length === 0 ? undefined : Math.max(...named);
}

// After one that failed comes nothing but 424; a server that carries out all at once is over its own limits with every batch.
function isOneByOne(answers: readonly (Judged<unknown> | undefined)[]): boolean {
  const failed = answers.findIndex((each) => each === undefined || isRefusal(each));
  return failed < 0 || !answers.slice(failed + 1).some((each) => each?.ok === true || isRefusal(each));
}

// What got lost (0) says nothing about those after it.
function isRefusal(answer: Judged<unknown> | undefined): boolean {
  return answer?.ok === false && answer.error.status !== 0;
}

const NOT_IMPLEMENTED = 501;
const BUSY = 503;
/** 424: a request before it failed. */
const FAILED_DEPENDENCY = 424;
/**
 * Failures after which the target is asked. After any other nothing was done, and sent by itself the request is done or says
 * why not: what is refused inside of a batch may be the batch's form or size, and none of the message's.
 */
const CONCLUSIVE: ReadonlySet<GraphVerdict> = new Set(['uncertain', 'conflict']);
/** Batches in a row of which nothing was done, before it is the batch and not what was in it. */
const BARREN = 3;

function unlessThrottled(error: unknown): void {
  if (!(error instanceof MigrationError) || error.code !== 'TargetThrottled') throw error;
}

/**
 * Requests as one JSON batch. One after the other (`dependsOn`): so a batch takes one of the four places of a mailbox, and
 * what comes after a failure is surely not carried out (424).
 */
function batchBody(requests: readonly GraphRequest[]): StreamedBody {
  const parts = requests.flatMap((request, index) => {
    const { method, path, headers } = request;
    const content = contentOf(request);
    const head = JSON.stringify({
      id: String(index + 1),
      ...(index === 0 ? {} : { dependsOn: [String(index)] }),
      method,
      url: path,
      headers: {
        ...(content === undefined ? {} : { 'Content-Type': 'application/json' }),
        Prefer: 'IdType="ImmutableId"',
        'client-request-id': randomUUID(),
        ...headers,
      },
    });
    const opening = `${index === 0 ? '{"requests":[' : ','}${head.slice(0, -1)}`;
    return content === undefined
      ? [Buffer.from(`${opening}}`)]
      : [Buffer.from(`${opening},"body":`), content, Buffer.from('}')];
  });
  return joined([...parts, Buffer.from(']}')]);
}

/** What a request sends, as bytes. */
export function contentOf({ bytes, body }: GraphRequest): Buffer | StreamedBody | undefined {
  return bytes ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
}

function isBatchAnswer(body: unknown): boolean {
  return responsesOf(body) !== undefined;
}

function responsesOf(body: unknown): readonly unknown[] | undefined {
  const responses: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'responses') : undefined;
  return Array.isArray(responses) ? responses : undefined;
}

/**
 * In the order of the requests: servers answer in any. An answer that is missing got lost, and so did one that is there twice
 * and says two things; of a 424 is known that nothing was done.
 */
function readBatch<Body>(body: unknown, count: number, now: number): readonly (Judged<Body> | undefined)[] {
  const replies = new Map<string, Reply>();
  const contradicted = new Set<string>();
  for (const each of responsesOf(body) ?? []) {
    if (typeof each !== 'object' || each === null) continue;
    const id = String(Reflect.get(each, 'id'));
    const status = Number(Reflect.get(each, 'status'));
    if (!Number.isInteger(status)) continue;
    if ((replies.get(id)?.status ?? status) !== status) contradicted.add(id);
    replies.set(id, {
      status,
      headers: lowerCase(Reflect.get(each, 'headers')),
      body: valueOf(Reflect.get(each, 'body')),
    });
  }
  return Array.from({ length: count }, (_, index) => {
    const id = String(index + 1);
    const reply = contradicted.has(id) ? undefined : replies.get(id);
    if (reply === undefined) return withoutAnswer('', 0, 'no answer in the batch');
    if (reply.status === FAILED_DEPENDENCY) return undefined;
    return answerOf<Body>(reply, { id: String(reply.headers['client-request-id'] ?? ''), now, isWhole: true });
  });
}

// A body is JSON, or the text of it, or that in base64 (json-batching: what is no JSON is base64).
function valueOf(body: unknown): unknown {
  if (typeof body !== 'string') return body ?? {};
  return readJson(body) ?? readJson(Buffer.from(body, 'base64').toString()) ?? {};
}

function lowerCase(headers: unknown): Readonly<Record<string, string>> {
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
