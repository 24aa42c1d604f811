import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { MigrationError } from '../engine/domain/failure.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];

/** The server program on PATH. Throws StateUnavailable with the line that installs one. */
export async function findRedisServer(searchPath: string): Promise<string> {
  const directories = searchPath.split(path.delimiter).filter((each) => each !== '');
  for (const program of PROGRAMS) {
    for (const directory of directories) {
      const file = path.join(directory, program);
      if (await isExecutable(file)) return file;
    }
  }
  throw new MigrationError('StateUnavailable', {
    detail:
      'REDIS_URL is not set and no redis-server or valkey-server is installed. Install one: sudo apt-get install -y redis-server',
  });
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
