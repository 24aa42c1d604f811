import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MigrationError } from '../engine/domain/failure.ts';

/** sun_path holds 104 bytes on macOS and 108 on Linux, with a final NUL. */
const LONGEST_PATH = 100;

/**
 * Where the local Redis of a data directory listens: beside its data, or, when that path is too long for a socket, in
 * a directory of our own under the system's temporary directory. The directory exists when this returns.
 */
export async function redisSocketPath(redisDirectory: string): Promise<string> {
  const beside = path.join(redisDirectory, 'redis.sock');
  if (Buffer.byteLength(beside) < LONGEST_PATH) return beside;
  const name = createHash('sha256').update(redisDirectory).digest('hex').slice(0, 16);
  const directory = path.join(tmpdir(), `bellhop-${name}`);
  await mkdir(directory, { mode: 0o700, recursive: true });
  await requireOwn(directory);
  return path.join(directory, 'redis.sock');
}

// Anybody may create names under /tmp: a directory of somebody else, or a link, would lead us to a foreign server.
async function requireOwn(directory: string): Promise<void> {
  const stats = await lstat(directory);
  const mine = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && mine && (stats.mode & 0o077) === 0) return;
  throw new MigrationError('StateUnavailable', {
    detail: `${directory} belongs to somebody else or is open to others`,
  });
}
