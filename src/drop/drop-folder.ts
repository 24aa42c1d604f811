import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, toMigrationError } from '../engine/domain/failure.ts';
import { importUsers } from '../engine/import-users.ts';
import type { World } from '../engine/ports.ts';
import { writePrivately } from '../store/private-file.ts';
import { type FileMark, isSameFile, readDropName, readDropped } from './drop-file.ts';
import { type DropOutcome, dropReport } from './drop-report.ts';

const LOOK_EVERY = 2_000;
/** What could not be done is tried again after this. */
const AGAIN_AFTER = 60_000;
/** A file nobody has written to for so long is complete. */
const SETTLES_AFTER = 4_000;
/** The longest an import takes; a file whose process died is taken again after it. */
const LEASE = 2 * 60_000;
const BY = { id: 'drop', name: 'drop folder' };
/** Failures that say nothing about the file: it stays, and is tried again. */
const PASSING: ReadonlySet<string> = new Set(['StateUnavailable', 'TryAgain', 'Unexpected']);

/**
 * Imports what is put into a folder as `<batch>@<endpoint>.csv`, and moves it to `done/` with a report and its refused
 * rows. A crash between import and move imports the file again, which adds nobody twice. Of several processes that look
 * into the same folder one takes a file.
 */
export class DropFolder {
  readonly #world: World;
  readonly #directory: string;
  readonly #seen = new Map<string, FileMark & { readonly since: number }>();
  /** What was said last: a state that lasts is said once. */
  #said = '';

  constructor(world: World, directory: string) {
    this.#world = world;
    this.#directory = directory;
  }

  /** Looks again and again until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch((error: unknown) =>
        this.#sayOnce('DropFolderFailed', 'BELLHOP_DROP cannot be read', error),
      );
      await this.#world.clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
    }
  }

  /** One look: takes every file that is complete. */
  async look(): Promise<void> {
    if (!(await this.#isPrivate())) return;
    const entries = await readdir(this.#directory, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
    for (const name of names.filter(isOffered)) {
      if (await this.#isComplete(name)) await this.#claimed(name, () => this.#take(name));
    }
  }

  // Files are as private as the folder: who cannot enter it reads none of them, whatever their own mode.
  async #isPrivate(): Promise<boolean> {
    const stat = await lstat(this.#directory);
    const isPrivate = stat.isDirectory() && (stat.mode & 0o007) === 0;
    if (isPrivate) this.#said = '';
    else
      this.#sayOnce(
        'DropFolderOpen',
        'BELLHOP_DROP is not used: it has to be a folder that others on this machine cannot enter, because of the passwords; chmod o= it',
      );
    return isPrivate;
  }

  async #isComplete(name: string): Promise<boolean> {
    const { ino, size, mtimeMs } = await lstat(join(this.#directory, name));
    const mark: FileMark = { ino, size, mtimeMs };
    const now = this.#world.clock.now();
    const known = this.#seen.get(name);
    const since = known !== undefined && isSameFile(known, mark) ? known.since : now;
    this.#seen.set(name, { ...mark, since });
    return now - since >= SETTLES_AFTER;
  }

  async #claimed(name: string, take: () => Promise<void>): Promise<void> {
    const { uploads, newId } = this.#world;
    const hash = createHash('sha256').update(`drop\n${this.#directory}\n${name}`).digest('hex');
    const claim = newId();
    if (!(await uploads.claim(hash, claim, LEASE))) return;
    try {
      await take();
    } catch (error) {
      const known = this.#seen.get(name);
      const since = this.#world.clock.now() + AGAIN_AFTER - SETTLES_AFTER;
      if (known !== undefined) this.#seen.set(name, { ...known, since });
      const { code } = toMigrationError(error);
      this.#world.log.error(
        { code: 'DropFileFailed', cause: code },
        'a dropped file stays, and is tried again in a minute',
      );
    } finally {
      await uploads.release(hash, claim);
    }
  }

  async #take(name: string): Promise<void> {
    const file = join(this.#directory, name);
    // Somebody else may have taken it before this one had the claim.
    const before = await markOf(file);
    if (before === undefined || !isSameFile(this.#seen.get(name), before)) return;
    const dropped = await readDropped(file);
    const { done, badRows } =
      dropped.outcome === 'read'
        ? await this.#import(name, dropped.csv)
        : { done: refused(dropped.why), badRows: undefined };
    const after = await markOf(file);
    // Written to while it was read: the rest comes at the next look, and nobody twice.
    if (dropped.outcome === 'read' && !isSameFile(dropped.mark, after)) return;
    await this.#putAway(name, done, badRows);
    const { log } = this.#world;
    if (done.outcome === 'refused')
      log.warn({ code: 'DropRefused' }, 'a dropped file was not imported; its report says why');
    else log.info({ added: done.result.added, problems: done.result.problems.length }, 'a dropped file was imported');
  }

  async #import(
    name: string,
    csv: Uint8Array,
  ): Promise<{ readonly done: DropOutcome; readonly badRows: Iterable<string> | undefined }> {
    const target = readDropName(name);
    if (target === undefined)
      return { done: refused('Its name does not say where it belongs: <batch>@<endpoint>.csv'), badRows: undefined };
    try {
      const { result, badRows } = await importUsers(this.#world, { ...target, csv }, BY);
      return { done: { outcome: 'imported', result }, badRows };
    } catch (error) {
      const { code, details } = toMigrationError(error);
      if (PASSING.has(code)) throw error;
      return { done: { outcome: 'refused', error: failure(code, details) }, badRows: undefined };
    }
  }

  // The file itself goes last: as long as it lies there, nothing is over.
  async #putAway(name: string, done: DropOutcome, badRows: Iterable<string> | undefined): Promise<void> {
    const at = new Date(this.#world.clock.now()).toISOString();
    const folder = join(this.#directory, 'done');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const put = join(folder, `${at.replaceAll(/[:.]/g, '-')}-${name}`);
    if (badRows !== undefined) await writePrivately(`${put}.bad.csv`, badRows);
    await writePrivately(`${put}.report.txt`, dropReport(name, at, done));
    const from = join(this.#directory, name);
    const stat = await lstat(from);
    // A file with another name elsewhere is not ours to change.
    if (stat.isFile() && stat.nlink === 1) await chmod(from, 0o600);
    await rename(from, put);
    this.#seen.delete(name);
  }

  #sayOnce(code: string, message: string, error?: unknown): void {
    if (this.#said === code) return;
    this.#said = code;
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'none';
    this.#world.log.error({ code, cause }, message);
  }
}

// Copying programs write under another name first; such names, and hidden ones, are left alone.
function isOffered(name: string): boolean {
  return !name.startsWith('.') && name.toLowerCase().endsWith('.csv');
}

async function markOf(file: string): Promise<FileMark | undefined> {
  return lstat(file).then(
    ({ ino, size, mtimeMs }) => ({ ino, size, mtimeMs }),
    () => undefined,
  );
}

function refused(message: string): DropOutcome {
  return { outcome: 'refused', error: { message, remedy: 'Put it there again as an ordinary file of that name.' } };
}
