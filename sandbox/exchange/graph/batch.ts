import type { ExchangeWorld } from '../exchange-world.ts';
import { errorBody, badRequest, GraphError, unreadableBody } from './graph-error.ts';
import type { GraphAnswer, RequestBody } from './graph-call.ts';
import { wireLength } from './request-json.ts';
import type { RequestJson } from './request-json.ts';
import { splitPath } from './router.ts';
import { beginVisit } from './visit.ts';
import type { Caller, Outcome } from './visit.ts';

const MAX_REQUESTS = 20;
/** Graph works on up to four requests of a batch at a time. */
const WORKERS = 4;

interface Part {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

interface PartAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Carries out a JSON batch: 200 outside, a status of its own for every request inside, in no particular order. Each
 * request is throttled and fails by itself; one whose predecessor failed is answered 424.
 */
export async function answerBatch(
  world: ExchangeWorld,
  json: RequestJson,
  caller: Caller,
  requestId: string,
): Promise<GraphAnswer> {
  const parts = readParts(json.value);
  const answers = new Map<string, Promise<PartAnswer>>();
  const limit = places(WORKERS);
  for (const part of parts) {
    // dependsOn names earlier requests only: their promises are already there.
    const before = part.dependsOn.map(
      (id) =>
        answers.get(id) ??
        Promise.reject(badRequest(`The request '${part.id}' depends on '${id}', which is not before it.`)),
    );
    answers.set(
      part.id,
      runAfter(before, part, () => limit(() => runPart(world, part, json, caller, requestId))),
    );
  }
  const responses = await Promise.all(answers.values());
  return { status: 200, json: { responses: shuffled(responses, world.random) } };
}

async function runAfter(
  before: readonly Promise<PartAnswer>[],
  part: Part,
  run: () => Promise<PartAnswer>,
): Promise<PartAnswer> {
  const earlier = await Promise.all(before);
  if (earlier.every(({ status }) => status < 400)) return run();
  const body = {
    error: { code: 'FailedDependency', message: 'The request was not carried out: one it depends on failed.' },
  };
  return { id: part.id, status: 424, headers: {}, body };
}

async function runPart(
  world: ExchangeWorld,
  part: Part,
  outer: RequestJson,
  caller: Caller,
  requestId: string,
): Promise<PartAnswer> {
  const [path = '', query = ''] = part.url.replace(/^\/?(?:v1\.0\/)?/, '/').split(/\?(.*)/s);
  const head = {
    method: part.method,
    path: splitPath(path),
    target: `/v1.0${path}${query === '' ? '' : `?${query}`}`,
    query: new URLSearchParams(query),
    headers: part.headers,
  };
  const body: RequestBody =
    part.body === undefined ? { bytes: Buffer.alloc(0) } : { json: { value: part.body, bytes: outer.bytes } };
  const visit = beginVisit(world, head, caller);
  try {
    const outcome = await visit.run(body, 'json' in body ? wireLength(body.json) : 0);
    return partAnswer(part.id, outcome, requestId);
  } finally {
    visit.leave();
  }
}

/** There is no connection of its own to break: what would break one is a 504 inside a batch. */
function partAnswer(id: string, { answer, delivery }: Outcome, requestId: string): PartAnswer {
  const isLost = delivery === 'reset' || delivery === 'silence' || delivery === 'cut';
  const result = isLost ? new GraphError(504, 'UnknownError', 'Gateway Timeout') : answer;
  if (result instanceof GraphError) {
    return {
      id,
      status: result.status,
      headers: { 'Content-Type': 'application/json', ...result.headers },
      body: errorBody(result, requestId, requestId),
    };
  }
  const headers = {
    ...result.headers,
    ...(result.json || result.bytes ? { 'Content-Type': result.contentType ?? 'application/json' } : {}),
  };
  const body = result.json ?? result.bytes?.toString('base64');
  return { id, status: result.status, headers, ...(body === undefined ? {} : { body }) };
}

function readParts(value: unknown): readonly Part[] {
  const requests = typeof value === 'object' && value !== null && 'requests' in value ? value.requests : undefined;
  if (!Array.isArray(requests)) throw unreadableBody("Invalid batch payload format: 'requests' is missing.");
  if (requests.length > MAX_REQUESTS)
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`);
  const parts = requests.map(readPart);
  if (new Set(parts.map(({ id }) => id)).size < parts.length)
    throw badRequest('The ids of batch requests must be unique.');
  return parts;
}

function readPart(value: unknown): Part {
  const { id, method, url, headers, body, dependsOn } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<Record<keyof Part, unknown>>;
  if (typeof id !== 'string' || typeof method !== 'string' || typeof url !== 'string')
    throw badRequest('Every batch request must have an id, a method and a url.');
  const names = Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).map(([name, text]) => [
    name.toLowerCase(),
    String(text),
  ]);
  const lower = Object.fromEntries(names) as Record<string, string>;
  if (body !== undefined && lower['content-type'] === undefined)
    throw badRequest(`Write request id : ${id} does not contain Content-Type header or body.`);
  return {
    id,
    method: method.toUpperCase(),
    url,
    headers: lower,
    body,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  };
}

/** Lets a number of tasks run at a time. */
function places(count: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

function shuffled<Thing>(things: readonly Thing[], random: () => number): readonly Thing[] {
  return things
    .map((thing) => ({ thing, key: random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ thing }) => thing);
}
