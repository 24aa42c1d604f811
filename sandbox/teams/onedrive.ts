import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './http-io.ts';
import type { JsonObject } from './json-value.ts';

/** The path under which upload sessions live. */
export const UPLOADS = '/onedrive/';

/** Of an upload session: pieces but the last are multiples of this, and at most 60 MiB. */
const GRAIN = 320 * 1024;
const LARGEST_PIECE = 60 * 1024 * 1024;

interface Session {
  readonly name: string;
  readonly pieces: Buffer[];
  received: number;
  isDone: boolean;
}

/** A file as it lies in somebody's OneDrive. */
export interface StoredFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * Where accepted files go: upload sessions as OneDrive has them, in memory.
 * Source: https://learn.microsoft.com/graph/api/driveitem-createuploadsession (upload bytes to the upload session).
 */
export class OneDrive {
  readonly #sessions = new Map<string, Session>();
  readonly #origin: string;
  /** The next so many pieces are answered 503, as a busy service does. */
  busy = 0;
  /** The next so many pieces are stored, and answered 503 all the same. */
  forgetful = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Files that arrived whole. */
  get files(): readonly StoredFile[] {
    return [...this.#sessions.values()]
      .filter(({ isDone }) => isDone)
      .map(({ name, pieces }) => ({ name, content: Buffer.concat(pieces) }));
  }

  /** What a client adds to its answer when somebody takes a file. */
  open(name: string): JsonObject {
    const uniqueId = randomUUID();
    this.#sessions.set(uniqueId, { name, pieces: [], received: 0, isDone: false });
    return {
      contentUrl: `${this.#origin}${UPLOADS}${uniqueId}/${encodeURIComponent(name)}`,
      name,
      uploadUrl: `${this.#origin}${UPLOADS}${uniqueId}`,
      uniqueId,
      fileType: name.split('.').at(-1) ?? '',
    };
  }

  async take(id: string, request: IncomingMessage): Promise<Answer> {
    if (request.method === 'GET') return this.#stateOf(id);
    const body = await bytesOf(request);
    const session = this.#sessions.get(id);
    const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/u.exec(request.headers['content-range'] ?? '') ?? [];
    if (session === undefined || session.isDone) return { status: 404, body: { error: { code: 'itemNotFound' } } };
    if (this.busy > 0) {
      this.busy -= 1;
      return { status: 503, body: { error: { code: 'serviceNotAvailable' } } };
    }
    const isLast = Number(to) + 1 === Number(total);
    const isWhole = Number(to) - Number(from) + 1 === body.length && body.length <= LARGEST_PIECE;
    if (!isWhole || (!isLast && body.length % GRAIN !== 0))
      return { status: 400, body: { error: { code: 'invalidRange' } } };
    if (Number(from) !== session.received) return { status: 416, body: { error: { code: 'fragmentOverlap' } } };
    session.pieces.push(body);
    session.received += body.length;
    session.isDone = isLast;
    if (this.forgetful > 0) {
      this.forgetful -= 1;
      return { status: 503, body: { error: { code: 'serviceNotAvailable' } } };
    }
    return isLast
      ? { status: 201, body: { id, name: session.name, size: session.received } }
      : { status: 202, body: { nextExpectedRanges: [`${session.received}-`] } };
  }

  #stateOf(id: string): Answer {
    const session = this.#sessions.get(id);
    return session === undefined || session.isDone
      ? { status: 404, body: { error: { code: 'itemNotFound' } } }
      : { status: 200, body: { nextExpectedRanges: [`${session.received}-`] } };
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece);
  return Buffer.concat(pieces);
}
