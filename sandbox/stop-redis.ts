import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A Bellhop that was killed leaves its Redis behind for the next one; whoever takes the data away takes it along. */
export function stopRedisOf(dataDirectory: string): void {
  spawnSync('pkill', ['-f', join(dataDirectory, 'redis')]);
}
