import type { IncomingMessage } from 'node:http';

/** The body of a request, or how long it was when it was longer than allowed. */
export type ReadBody = { readonly bytes: Buffer } | { readonly tooLong: number };

/** Reads a request to its end; what is above the limit is read too, and thrown away, so that the answer can be heard. */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > limit) return { tooLong: length };
  const [only] = chunks;
  return { bytes: only && chunks.length === 1 ? only : Buffer.concat(chunks, length) };
}
