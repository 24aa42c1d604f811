import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Runs the pinned Node in the foreground, with `node_modules/.bin` first in its PATH.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} root folder of package.json
 * @returns {Promise<number>} exit code; 128 + signal number when a signal ended the child, as shells say it
 */
export function runChild(node, args, root, environment = {}) {
  const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  // Entries are relative to the root and stay so: process lists and stack traces are shorter.
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...environment, ...process.env, PATH } });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  });
}

/**
 * A terminal sends Ctrl-C to the whole process group, so the child has it already; a signal sent to this process
 * alone (by npm, a supervisor, a test) has to be passed on, once.
 */
function forwardSignals(child) {
  const passedOn = new Set();
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (passedOn.has(signal) || (signal === 'SIGINT' && hasTerminal)) return;
      passedOn.add(signal);
      child.kill(signal);
    });
  }
}
