import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Files that scripts/generate.ts writes; they are committed, and must be what it would write now. */
const GENERATED = ['docs/commands.md', 'docs/states.md', 'docs/failures.md', 'manifest/manifest.json'];

interface Step {
  readonly title: string;
  readonly commands: readonly (readonly [program: string, ...args: string[]])[];
}

const CHECKS: readonly Step[] = [
  { title: 'types', commands: [[process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.']] },
  { title: 'lint', commands: [[process.execPath, 'node_modules/oxlint/bin/oxlint', '--type-aware']] },
  { title: 'format', commands: [[process.execPath, 'node_modules/oxfmt/bin/oxfmt', '--check', '.']] },
  { title: 'unused code', commands: [[process.execPath, 'node_modules/knip/bin/knip.js']] },
  {
    title: 'generated files',
    commands: [
      [process.execPath, 'scripts/generate.ts'],
      ['git', 'ls-files', '--error-unmatch', '--', ...GENERATED],
      ['git', '--no-pager', 'diff', '--exit-code', '--', ...GENERATED],
    ],
  },
];
const TESTS: Step = { title: 'tests', commands: [[process.execPath, 'node_modules/vitest/vitest.mjs', 'run']] };

/** Runs a step quietly; a step that fails shows all it said. The tests always show their progress. */
function runStep(step: Step, show: boolean): boolean {
  const begin = performance.now();
  let output = '';
  const passed = step.commands.every(([program, ...args]) => {
    const result = spawnSync(program, args, {
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (!show) output += result.stdout + result.stderr;
    return result.status === 0;
  });
  if (!passed) process.stdout.write(output);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  // The closing line of the tests must stay the last one.
  if (!show) console.log(`${passed ? 'ok    ' : 'FAILED'}  ${step.title.padEnd(16)} ${seconds.padStart(6)} s`);
  return passed;
}

const { values } = parseArgs({ options: { 'no-test': { type: 'boolean', default: false } } });
const failed = CHECKS.filter((step) => !runStep(step, false));
const tested = values['no-test'] || runStep(TESTS, true);
process.exitCode = failed.length === 0 && tested ? 0 : 1;
