import type { Ranges } from './base64.ts';
import type { GraphAnswer } from './graph-answer.ts';
import type { GraphClient } from './graph-client.ts';

/** Ranges are multiples of 320 KiB and below 4 MB (attachment: createUploadSession). */
const RANGE = 12 * 320 * 1024;
/** Answers in a row that brought nothing on, before the whole message is asked about. */
const MOST_TROUBLES = 4;
/** invalidRange: the session has these bytes already, or lacks some before them. */
const RANGE_NOT_SATISFIABLE = 416;

/**
 * Sends the bytes of an attachment to its upload session, range by range; the session completes with the last one. What the
 * session says it expects next counts: a range whose answer got lost is there, or is sent again.
 */
export async function uploadAttachment(
  graph: GraphClient,
  uploadUrl: string,
  bytes: Ranges,
  mailbox: string,
  signal: AbortSignal,
): Promise<GraphAnswer<unknown>> {
  if (bytes.length === 0) throw new RangeError('An upload session needs at least one byte.');
  for (let start = 0, troubles = 0; ;) {
    const range = bytes.slice(start, Math.min(start + RANGE, bytes.length));
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Range': `bytes ${start}-${start + range.length - 1}/${bytes.length}`,
    };
    const answer = await graph.upload({ method: 'PUT', path: uploadUrl, bytes: range, mailbox, headers, signal });
    const isLost = !answer.ok && (answer.verdict === 'uncertain' || answer.error.status === RANGE_NOT_SATISFIABLE);
    if (!answer.ok && !isLost) return answer;
    const state = answer.ok ? answer : await graph.upload({ method: 'GET', path: uploadUrl, mailbox, signal });
    const next = state.ok ? nextExpected(state.body) : undefined;
    if (answer.ok) {
      const end = start + range.length;
      // 201 ends it, whatever its body is.
      if (answer.status === 201 || (next === undefined && end >= bytes.length)) return answer;
      troubles = (next ?? end) > start ? 0 : troubles + 1;
      start = next ?? end;
    } else {
      troubles += 1;
      // A session that is not there any more is complete, or lost: the attachments of the item tell.
      if (!state.ok && state.verdict !== 'uncertain') return answer;
      start = next ?? start;
    }
    if (troubles >= MOST_TROUBLES || start >= bytes.length) return unknown(answer);
  }
}

// Whether it ended well only the item itself can tell.
function unknown(answer: GraphAnswer<unknown>): GraphAnswer<unknown> {
  if (!answer.ok) return answer;
  const error = { status: answer.status, code: '', message: 'the upload does not end', requestId: '' };
  return { ok: false, verdict: 'uncertain', error };
}

/** The first byte a session still wants: "12345-" or "12345-20000", the name of the list in either case. */
function nextExpected(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const list: unknown = Reflect.get(body, 'nextExpectedRanges') ?? Reflect.get(body, 'NextExpectedRanges');
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const start = typeof first === 'string' ? /^(\d+)/.exec(first)?.[1] : undefined;
  return start === undefined ? undefined : Number(start);
}
