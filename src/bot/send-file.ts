import { type FileHandle, open } from 'node:fs/promises';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock } from '../engine/ports.ts';

/** A piece of an upload is a multiple of 320 KiB (Microsoft: "Upload large files with an upload session"). */
const PIECE = 16 * 320 * 1024;
const PIECE_TIME = 60_000;
const TRIES = 4;
const PAUSE = 1_000;

/** OneDrive and SharePoint, in every cloud: a file leaves for nowhere else, whatever an activity says. */
const FILE_HOSTS = ['.sharepoint.com', '.sharepoint.us', '.sharepoint-mil.us', '.sharepoint.cn'];

/** Whether an address is one of OneDrive's; in a sandbox, one of this machine. */
export function isFileStore(address: unknown, sandbox: boolean): address is string {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const { protocol, hostname, username, port } = new URL(address);
  if (sandbox) return protocol === 'http:' && hostname === '127.0.0.1';
  return protocol === 'https:' && username === '' && port === '' && FILE_HOSTS.some((host) => hostname.endsWith(host));
}

/** Brings a file to an upload session, piece by piece. Throws FileNotTaken. */
export async function sendFile(path: string, size: number, url: string, clock: Pick<Clock, 'sleep'>): Promise<void> {
  await using file = await open(path, 'r');
  for (let from = 0; from < size; from += PIECE) {
    const piece = await readPiece(file, from, Math.min(PIECE, size - from));
    await sendPiece(url, piece, `bytes ${from}-${from + piece.length - 1}/${size}`, clock);
  }
}

async function readPiece(file: FileHandle, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(length);
  const { bytesRead } = await file.read(piece, 0, length, from);
  if (bytesRead < length) throw new MigrationError('FileNotTaken', { detail: 'the file became shorter' });
  return piece;
}

// A piece whose answer was lost is there already: the session then refuses it (416) and says what it expects next.
async function sendPiece(
  url: string,
  body: Uint8Array<ArrayBuffer>,
  range: string,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const status = await put(url, body, range);
    if (status >= 200 && status < 300) return;
    if (status === 416 && (await expects(url)) === Number(/-(\d+)/.exec(range)?.[1]) + 1) return;
    const passing = status === 0 || status === 429 || status >= 500;
    if (!passing || tries === TRIES)
      throw new MigrationError('FileNotTaken', { detail: status === 0 ? 'no connection' : `HTTP ${status}` });
    await clock.sleep(PAUSE * tries);
  }
}

async function expects(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PIECE_TIME) });
    const next: unknown = Reflect.get(Object(await response.json()), 'nextExpectedRanges');
    return Array.isArray(next) ? Number.parseInt(String(next[0]), 10) : undefined;
  } catch {
    return undefined;
  }
}

async function put(url: string, body: Uint8Array<ArrayBuffer>, range: string): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-range': range, 'content-type': 'application/octet-stream' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(PIECE_TIME),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
