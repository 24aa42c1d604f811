import type { Failure } from '../engine/domain/failure.ts';
import type { ImportResult } from '../engine/import-users.ts';

export type DropOutcome =
  | { readonly outcome: 'imported'; readonly result: ImportResult }
  | { readonly outcome: 'refused'; readonly error: Pick<Failure, 'message' | 'remedy'> };

/** What became of a file, as text beside it; it repeats no password. */
export function dropReport(name: string, at: string, done: DropOutcome): string {
  const head = `${name}\n${at}\n`;
  if (done.outcome === 'refused') return `${head}\nNot imported: ${done.error.message}\n${done.error.remedy}\n`;
  const { batch, added, updated, unchanged, queued, problems, warnings } = done.result;
  const list = [...problems, ...warnings].map(({ code, message, remedy }) => `${message}\n    ${remedy} (${code})`);
  return [
    head,
    `Users of ${batch}: ${added} added, ${updated} updated, ${unchanged} unchanged. Problems: ${problems.length}, warnings: ${warnings.length}`,
    ...(queued > 0 ? [`The batch runs: ${queued} new users sync now.`] : [`Next: check batch ${batch}`]),
    '',
    ...list,
    '',
  ].join('\n');
}
