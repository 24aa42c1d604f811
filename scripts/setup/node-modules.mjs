import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/**
 * Runs `npm ci` when node_modules is not what package-lock.json says. A stamp inside node_modules makes the usual
 * answer cheap (one hash); an installation made by npm itself is recognised and kept.
 * @param {string} root folder of package.json
 * @param {{ development: boolean }} need whether the development packages are needed too
 */
export function ensureNodeModules(root, { development }) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stampFile = join(root, 'node_modules', '.bellhop-setup');
  const production = createHash('sha256').update(lockText).digest('hex');
  const complete = `${production} with development packages`;

  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (stamp === complete || (!development && stamp === production)) return;
  if (!isInstalled(root, JSON.parse(lockText), development)) installFromLock(root, development);
  writeFileSync(stampFile, development ? complete : production);
}

/** npm writes node_modules/.package-lock.json last, when everything is in place. */
function isInstalled(root, lock, development) {
  const listFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(listFile)) return false;
  const installed = JSON.parse(readFileSync(listFile, 'utf8')).packages;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  return wanted.every(([path, { version, optional, devOptional, dev }]) => {
    const mayBeAbsent = optional || devOptional || (dev && !development);
    return installed[path] === undefined ? mayBeAbsent : installed[path].version === version;
  });
}

function installFromLock(root, development) {
  console.error('Setting up: npm ci');
  const include = development ? ['--include=dev', '--include=optional'] : ['--include=optional'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...include];
  // Under npm, npm_execpath is the npm that runs us; its settings come along in the environment.
  const npm = process.env.npm_execpath;
  const { status, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) throw new SetupError(`npm ci failed${error === undefined ? '' : `: ${error.message}`}`);
}
