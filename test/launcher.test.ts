import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runBellhop } from '../sandbox/bellhop-process.ts';

test('the launcher sets only switches that this Node knows: V8 would complain of the others, and go on without them', async () => {
  const known = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout;
  expect(known).toContain('--external-memory-accounted-in-global-limit');
  expect(known).toContain('--heap-growing-percent');

  const { code, out, error } = await runBellhop(['serve'], { BELLHOP_CONCURRENCY: 'many' }, import.meta.dirname);

  expect(code).toBe(2);
  expect(error).toContain('BELLHOP_CONCURRENCY');
  expect(out + error).not.toContain('unrecognized');
});
