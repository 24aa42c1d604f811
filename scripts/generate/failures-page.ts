import { CSV_PROBLEMS } from '../../src/engine/domain/csv-problems.ts';
import { FAILURES } from '../../src/engine/domain/failure.ts';
import { row, table } from './markdown.ts';

const RETRIES = { never: 'after a person acted', 'next-sync': 'at the next sync', delayed: 'by itself, soon' } as const;

export function failuresPage(): string {
  return [
    '# Failures',
    '',
    'Every error a person can meet, with its code, what it stops and what helps. Names ending in `Exception` are those of',
    'Exchange Online. `{...}` is filled in. Made from the failure table by `npm run generate`.',
    '',
    ...table(
      ['code', 'title', 'what happened', 'what helps', 'stops', 'tried again'],
      Object.entries(FAILURES).map(([code, { title, message, remedy, scope, retry }]) =>
        row(`\`${code}\``, title, message, remedy, scope, RETRIES[retry]),
      ),
    ),
    '',
    '## Problems of a CSV file',
    '',
    'All problems of a file come in one answer; good rows are usable whatever is wrong with others.',
    '',
    ...table(
      ['code', 'concerns', 'what is wrong', 'what helps'],
      Object.entries(CSV_PROBLEMS).map(([code, problem]) =>
        row(`\`${code}\``, problem.scope, problem.message, problem.remedy),
      ),
    ),
    '',
  ].join('\n');
}
