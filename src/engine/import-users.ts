import { chunks } from './domain/chunks.ts';
import type { Actor } from './domain/actor.ts';
import { badRowsCsv } from './domain/bad-rows.ts';
import { MigrationError, failure } from './domain/failure.ts';
import type { BatchName, EndpointName } from './domain/ids.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type CsvProblem, type MigrationCsvRow, readMigrationCsv } from './domain/migration-csv.ts';
import { createBatch, enqueue, requireBatch } from './batches.ts';
import { requireEndpoint } from './endpoints.ts';
import type { World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';

export interface ImportRequest {
  readonly batch: BatchName;
  /** The batch is created with this endpoint when it does not exist yet. */
  readonly endpoint: EndpointName;
  readonly csv: Uint8Array;
  readonly allowUnknownColumns?: boolean;
  /** The language of the column Problem; English when absent. */
  readonly say?: (problem: CsvProblem) => CsvProblem;
}

/** What became of a file, for everybody: it names rows and repeats no password. */
export interface ImportResult {
  readonly batch: string;
  /** Users that are new. */
  readonly added: number;
  /** Users the batch already had whose login, password or priority was replaced. */
  readonly updated: number;
  /** Users the batch already had just like this. */
  readonly unchanged: number;
  /** New users that sync at once, because the batch runs. */
  readonly queued: number;
  /** Rows that were left out, and why. */
  readonly problems: readonly CsvProblem[];
  readonly warnings: readonly CsvProblem[];
}

export interface Import {
  readonly result: ImportResult;
  /** The refused rows as a CSV to mend, in pieces, passwords included: for the person who brought them and nobody else. */
  readonly badRows: Iterable<string> | undefined;
}

/** Batches that end take no more users. */
const ENDING: ReadonlySet<string> = new Set(['Completed', 'Removing']);

/**
 * Reads a migration CSV into a batch. Good rows are used even when others are bad; every problem of the file is in the
 * answer. Passwords go straight into the vault. Importing a grown file again adds what is new (Set-MigrationBatch
 * -AddUsers); in a batch that runs, who is new syncs at once. Importing the same file twice is importing it once.
 */
export async function importUsers(world: World, request: ImportRequest, by: Actor): Promise<Import> {
  await requireEndpoint(world, request.endpoint);
  const options = request.allowUnknownColumns === true ? { allowUnknownColumns: true } : {};
  const { rows, usable, table, ...csv } = readMigrationCsv(request.csv, options);
  const problems: CsvProblem[] = [...csv.problems];
  const counts = { added: 0, updated: 0, unchanged: 0, queued: 0 };
  if (usable > 0) {
    await ensureBatch(world, request, by);
    // In chunks, each cut from the file when its turn comes: 50,000 users with their passwords are never there at once.
    for (const some of chunks(rows, CHUNK)) {
      const chunk = await importRows(world, request.batch, some, by);
      problems.push(...chunk.problems);
      counts.added += chunk.added;
      counts.updated += chunk.updated;
      counts.unchanged += chunk.unchanged;
    }
    const { added, updated } = counts;
    if (added > 0) await world.store.publish([{ type: 'UsersAdded', batch: request.batch, count: added }], by);
    if (updated > 0) await world.store.publish([{ type: 'UsersUpdated', batch: request.batch, count: updated }], by);
    counts.queued = await queueNewUsers(world, request.batch);
  }
  const badRows = table === undefined ? undefined : badRowsCsv(table, problems, request.say);
  return { result: { batch: request.batch, ...counts, problems, warnings: csv.warnings }, badRows };
}

const CHUNK = 250;

/** Adds users with their passwords. A user of another batch keeps what it has: this file has no say over it. */
async function importRows(
  world: World,
  batch: BatchName,
  rows: readonly MigrationCsvRow[],
  by: Actor,
): Promise<Pick<ImportResult, 'added' | 'updated' | 'unchanged' | 'problems'>> {
  const users = rows.map((row) => newUser(world, batch, row));
  const known = new Map((await world.store.addUsers(users, [], by)).map((user) => [user.address, user]));
  const own = rows.filter(({ address }) => (known.get(address)?.batch ?? batch) === batch);
  const passwords = await world.vault.getAll(own.flatMap(({ address }) => (known.has(address) ? [address] : [])));
  const isOtherLogin = (row: MigrationCsvRow): boolean => {
    const before = known.get(row.address);
    const isSame = before?.userName === row.userName && before.userRoot === row.userRoot;
    return !isSame || passwords.get(row.address) !== row.password;
  };
  const logins = new Set(own.filter(isOtherLogin));
  await world.vault.putAll(new Map([...logins].map(({ address, password }) => [address, password])));
  const updated = own.filter((row) => {
    const before = known.get(row.address);
    return before !== undefined && (logins.has(row) || isOtherPriority(row, before));
  });
  await Promise.all(updated.map((row) => updateUser(world, row, logins.has(row))));
  return {
    added: rows.length - known.size,
    updated: updated.length,
    unchanged: own.length - (rows.length - known.size) - updated.length,
    problems: rows.flatMap(({ address, row }) => {
      const other = known.get(address);
      return other === undefined || other.batch === batch ? [] : [duplicateProblem(other, row)];
    }),
  };
}

async function ensureBatch(world: World, request: ImportRequest, by: Actor): Promise<void> {
  const existing = await world.store.batch(request.batch);
  if (existing === undefined) return createBatch(world, { name: request.batch, endpoint: request.endpoint }, by);
  refuseUnfit(existing, request.endpoint);
}

/** Throws what keeps a batch from taking users of this endpoint. */
export function refuseUnfit({ name, endpoint, intent }: MigrationBatch, wanted: EndpointName): void {
  if (endpoint !== wanted) {
    const detail = `The batch "${name}" uses the endpoint "${endpoint}".`;
    throw new MigrationError('UsageError', { detail, command: 'import' });
  }
  if (ENDING.has(intent))
    throw new MigrationError('ActionNotPossible', { action: 'add users', name, status: intent, allowed: 'Remove' });
}

// Asked after the users are there: a start at the same moment has seen them, or is seen here.
async function queueNewUsers(world: World, name: BatchName): Promise<number> {
  const { intent } = await requireBatch(world, name);
  if (intent !== 'Started') {
    await stillWanted(world, name);
    return 0;
  }
  const queued = await world.store.changeUsers(name, (user) =>
    user.status === 'Validating' ? enqueue(world, user) : undefined,
  );
  if (queued > 0) await scheduleSoon(world);
  return queued;
}

// New passwords are kept as long as those of a batch that was made just now.
async function stillWanted(world: World, name: BatchName): Promise<void> {
  const idleSince = world.clock.now();
  await world.store.changeBatch(name, ({ announced: _announced, ...batch }) =>
    batch.intent === 'Started' ? undefined : { to: { ...batch, idleSince }, events: [] },
  );
}

function newUser(world: World, batch: BatchName, row: MigrationCsvRow): MigrationUser {
  return {
    address: row.address,
    guid: world.newId(),
    batch,
    userName: row.userName,
    ...(row.userRoot === undefined ? {} : { userRoot: row.userRoot }),
    ...(row.priority === undefined ? {} : { priority: row.priority }),
    status: 'Validating',
    // Above those of whoever had this mailbox before: see the beginning of a sync.
    epoch: world.clock.now(),
    warnings: [],
  };
}

// A file that says nothing of a user's priority leaves it as it was set.
function isOtherPriority({ priority }: MigrationCsvRow, before: MigrationUser): boolean {
  return priority !== undefined && priority !== (before.priority ?? 'normal');
}

async function updateUser(
  world: World,
  { address, userName, userRoot, priority }: MigrationCsvRow,
  isOtherLogin: boolean,
): Promise<void> {
  const credentialsAt = world.clock.now();
  await world.store.changeUser(address, ({ userRoot: rootBefore, ...current }) => {
    const root = isOtherLogin ? userRoot : rootBefore;
    const user: MigrationUser = {
      ...current,
      ...(root === undefined ? {} : { userRoot: root }),
      ...(isOtherLogin ? { userName, credentialsAt } : {}),
      ...(priority === undefined ? {} : { priority }),
    };
    return { to: user, events: [] };
  });
}

function duplicateProblem(user: MigrationUser, row: number): CsvProblem {
  const code = 'UserDuplicateInOtherBatchException';
  const { message, remedy } = failure(code, { address: user.address, batch: user.batch });
  return { code, row, message, remedy };
}
