// The one entry of every npm script. Plain JavaScript for Node 20: it brings the pinned Node and what the command
// needs, then hands over. Everything it says goes to stderr; stdout belongs to the command.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from './setup/commands.mjs';
import { ensureDebianPackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { findNode } from './setup/find-node.mjs';
import { runChild } from './setup/run-child.mjs';
import { SetupError } from './setup/setup-error.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;

if (command === undefined) {
  console.error(`usage: node scripts/run.mjs <${Object.keys(COMMANDS).join('|')}> [arguments]`);
  process.exit(2);
}
try {
  ensureNodeModules(root, { development: command.development });
  ensureDebianPackages(command.programs, command.optionalPrograms ?? []);
  const code = await runChild(findNode(root), [...command.run, ...args], root, command.environment);
  process.exit(code);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
