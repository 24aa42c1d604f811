import { readFile } from 'node:fs/promises';
import { tokenize } from './bot/commands/tokenize.ts';
import type { Actor } from './engine/domain/actor.ts';
import { MigrationError } from './engine/domain/failure.ts';
import { parseBatchName, parseEndpointName } from './engine/domain/ids.ts';
import { type ImportResult, importUsers } from './engine/import-users.ts';
import type { World } from './engine/ports.ts';
import { writePrivately } from './store/private-file.ts';

export const IMPORT_USAGE = 'import <file.csv> batch=<name> endpoint=<name> [bad=<path>] [allow-unknown-columns=yes]';

/** What `bellhop import` answers: the result, and where the refused rows lie. */
export interface CliImport extends ImportResult {
  /** The refused rows as a file to mend and import by itself; null when no row was refused. */
  readonly badRows: string | null;
}

/** Reads a file into a batch. Refused rows go to `<file>.bad.csv`, which only its owner can read: they have passwords. */
export async function importFile(words: readonly string[], world: World, by: Actor): Promise<CliImport> {
  const named = new Map<string, string>();
  let file: string | undefined;
  for (const word of words) {
    const [token] = tokenize(word);
    if (token?.name === undefined) file ??= word;
    // A path may have spaces, which the shell has already kept together.
    else named.set(token.name, word.slice(token.name.length + 1));
  }
  const batch = parseBatchName(named.get('batch') ?? '');
  const endpoint = parseEndpointName(named.get('endpoint') ?? '');
  if (file === undefined || batch === undefined || endpoint === undefined)
    throw new MigrationError('UsageError', { detail: `usage: bellhop ${IMPORT_USAGE}`, command: 'import' });
  const csv = await readCsv(file);
  const allowUnknownColumns = named.get('allow-unknown-columns') === 'yes';
  const { result, badRows } = await importUsers(world, { batch, endpoint, csv, allowUnknownColumns }, by);
  if (badRows === undefined) return { ...result, badRows: null };
  const bad = named.get('bad') ?? `${file}.bad.csv`;
  await writeBadRows(bad, badRows);
  return { ...result, badRows: bad };
}

async function readCsv(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new MigrationError('CsvUnusable', { detail: `The file "${file}" cannot be read.` }, { cause: error });
  }
}

async function writeBadRows(file: string, text: Iterable<string>): Promise<void> {
  try {
    await writePrivately(file, text);
  } catch (error) {
    const detail = `The good rows are imported, but the refused rows cannot be written to "${file}".`;
    throw new MigrationError('CsvUnusable', { detail }, { cause: error });
  }
}

const MOST_SHOWN = 50;

/** The result for a person at a terminal. */
export function importText(result: CliImport): string {
  const { batch, added, updated, unchanged, queued, problems, warnings, badRows } = result;
  const all = [...problems, ...warnings];
  const list = all.slice(0, MOST_SHOWN).map(({ code, message, remedy }) => `  ${message}\n      ${remedy} (${code})`);
  const taken = added + updated + unchanged;
  return [
    `Users of ${batch}: ${added} added, ${updated} updated, ${unchanged} unchanged. Problems: ${problems.length}, warnings: ${warnings.length}`,
    ...list,
    ...(all.length > MOST_SHOWN ? [`  ... ${all.length - MOST_SHOWN} more`] : []),
    ...(badRows === null
      ? []
      : [`Refused rows: ${badRows} (has passwords, readable by you alone; mend it, import it, delete it)`]),
    ...(queued > 0
      ? [`The batch runs: ${queued} new users sync now`]
      : taken > 0
        ? [`Next: check batch ${batch}`]
        : []),
  ].join('\n');
}
