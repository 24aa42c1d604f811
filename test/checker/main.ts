// The checker as a program: node test/checker/main.ts <plan.json> [--json]; exit code 0 when it finds nothing wrong.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkMigration } from './check-migration.ts';
import type { CheckOptions } from './check-migration.ts';
import { formatReport } from './format-report.ts';

/** CheckOptions as JSON, with the folders that were excluded by name. */
type Plan = Omit<CheckOptions, 'isExcluded'> & { readonly excludedFolders?: readonly string[] };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [file] = positionals;
if (file === undefined) {
  console.error(
    'usage: node test/checker/main.ts <plan.json> [--json]\nThe plan is CheckOptions of check-migration.ts as JSON; "-" reads it from stdin.',
  );
  process.exit(2);
}
const { excludedFolders = [], ...plan } = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as Plan;
const report = await checkMigration({ ...plan, isExcluded: ({ path }) => excludedFolders.includes(path) });
console.log(values.json ? JSON.stringify(report) : formatReport(report));
process.exitCode = report.passed ? 0 : 1;
