import type { GraphAnswer, GraphClient } from './graph-client.ts';

/** Ranges are multiples of 320 KiB and below 4 MB (attachment: createUploadSession). */
const RANGE = 12 * 320 * 1024;

/** Sends the bytes of an attachment to its upload session, range by range; the session completes with the last one. */
export async function uploadAttachment(
  graph: GraphClient,
  uploadUrl: string,
  bytes: Buffer,
  mailbox: string,
  signal: AbortSignal,
): Promise<GraphAnswer<unknown>> {
  let answer: GraphAnswer<unknown> | undefined;
  for (let start = 0; start < bytes.length; start += RANGE) {
    const range = bytes.subarray(start, start + RANGE);
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Range': `bytes ${start}-${start + range.length - 1}/${bytes.length}`,
    };
    answer = await graph.upload({ method: 'PUT', path: uploadUrl, bytes: range, mailbox, headers, signal });
    if (!answer.ok) return answer;
  }
  if (answer === undefined) throw new RangeError('An upload session needs at least one byte.');
  return answer;
}
