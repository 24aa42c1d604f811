import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type BatchName, type EndpointName, parseBatchName, parseEndpointName } from '../engine/domain/ids.ts';

/** `<batch>@<endpoint>.csv`; undefined for any other name. */
export function readDropName(name: string): { readonly batch: BatchName; readonly endpoint: EndpointName } | undefined {
  const [, batchText = '', endpointText = ''] = /^([^@]+)@([^@]+)\.csv$/i.exec(name) ?? [];
  const batch = parseBatchName(batchText);
  const endpoint = parseEndpointName(endpointText);
  return batch === undefined || endpoint === undefined ? undefined : { batch, endpoint };
}

/** Which file it is and how far it is written: two looks with the same answer saw the same file. */
export interface FileMark {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export function isSameFile(a: FileMark | undefined, b: FileMark | undefined): boolean {
  return a !== undefined && b !== undefined && a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

export type DroppedFile =
  | { readonly outcome: 'read'; readonly csv: Uint8Array; readonly mark: FileMark }
  | { readonly outcome: 'refused'; readonly why: string };

/** Larger files are refused by the reader of CSVs; so much of them is enough for it to say so. */
const MOST_READ = 10_000_001;

/** Reads a file, and nothing that only looks like one: no link, no pipe, none that has another name elsewhere. */
export async function readDropped(file: string): Promise<DroppedFile> {
  // Not to wait for the other end of a pipe, not to follow a link.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(whyNot);
  if (typeof handle === 'string') return { outcome: 'refused', why: handle };
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return { outcome: 'refused', why: 'It is no ordinary file.' };
    if (stat.nlink > 1) return { outcome: 'refused', why: 'It has another name elsewhere (hard link).' };
    const { ino, size, mtimeMs } = stat;
    return { outcome: 'read', csv: await readAtMost(handle, Math.min(size, MOST_READ)), mark: { ino, size, mtimeMs } };
  } finally {
    await handle.close();
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ELOOP') return 'It is a link.';
  if (code === 'EACCES') return 'Bellhop may not read it.';
  throw error;
}

async function readAtMost(handle: FileHandle, bytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(bytes);
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await handle.read(buffer, at, bytes - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return buffer.subarray(0, at);
}
