import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../engine/ports.ts';

export interface BodyLimits {
  /** The most that is taken, in bytes. */
  readonly bytes: number;
  /** Every so many ms ... */
  readonly window: number;
  /** ... at least so many bytes have to come. */
  readonly perWindow: number;
}

export type Body = Buffer | 'too-large' | 'too-slow' | 'gone';

/** Reads a body into memory, and no more of it than is allowed: neither by size nor by the patience it takes. */
export async function readBody(request: IncomingMessage, limits: BodyLimits, clock: Clock): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) return 'too-large';
  const ended = new AbortController();
  let received = 0;
  const read = new Promise<Body>((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.bytes) {
        chunks.length = 0;
        resolve('too-large');
      } else if (!ended.signal.aborted) chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => resolve('gone'));
    request.once('close', () => resolve('gone'));
  });
  const slow = watch(() => received, limits, clock, ended.signal);
  try {
    return await Promise.race([read, slow]);
  } finally {
    ended.abort();
  }
}

async function watch(
  received: () => number,
  { window, perWindow }: BodyLimits,
  clock: Clock,
  ended: AbortSignal,
): Promise<'too-slow'> {
  for (let before = 0; ; before = received()) {
    const isOver = await clock.sleep(window, ended).then(
      () => false,
      () => true,
    );
    // The race is decided: this answer reaches nobody.
    if (isOver || received() - before < perWindow) return 'too-slow';
  }
}
