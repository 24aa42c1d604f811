import type { Actor } from './domain/actor.ts';
import { MigrationError, failure } from './domain/failure.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type CsvProblem, type MigrationCsvRow, readMigrationCsv } from './domain/migration-csv.ts';
import { createBatch, requireBatch } from './batches.ts';
import { requireEndpoint } from './endpoints.ts';
import type { World } from './ports.ts';

export interface ImportRequest {
  readonly batch: BatchName;
  /** The batch is created with this endpoint when it does not exist yet. */
  readonly endpoint: EndpointName;
  readonly csv: Uint8Array;
  readonly allowUnknownColumns?: boolean;
}

export interface ImportResult {
  readonly batch: string;
  /** Users that are new. */
  readonly added: number;
  /** Users the batch already had; their login and password were replaced. */
  readonly updated: number;
  /** Rows that were left out, and why. */
  readonly problems: readonly CsvProblem[];
  readonly warnings: readonly CsvProblem[];
}

/**
 * Reads a migration CSV into a batch. Good rows are used even when others are bad; every problem of the file is in the
 * answer. Passwords go straight into the vault. Importing a grown file again adds what is new (Set-MigrationBatch -AddUsers).
 */
export async function importUsers(world: World, request: ImportRequest, by: Actor): Promise<ImportResult> {
  await requireEndpoint(world, request.endpoint);
  const options = request.allowUnknownColumns === true ? { allowUnknownColumns: true } : {};
  const csv = readMigrationCsv(request.csv, options);
  if (csv.rows.length === 0) {
    return { batch: request.batch, added: 0, updated: 0, problems: csv.problems, warnings: csv.warnings };
  }
  await ensureBatch(world, request, by);
  const problems: CsvProblem[] = [...csv.problems];
  let added = 0;
  let updated = 0;
  // In chunks: 50,000 users with their passwords sealed would otherwise exist three times over.
  for (let at = 0; at < csv.rows.length; at += CHUNK) {
    const rows = csv.rows.slice(at, at + CHUNK);
    const known = await importRows(world, request.batch, rows, by);
    const elsewhere = known.filter((user) => user.batch !== request.batch);
    const rowOf = new Map(rows.map((row) => [row.address, row.row]));
    problems.push(...elsewhere.map((user) => duplicateProblem(user, rowOf.get(user.address))));
    added += rows.length - known.length;
    updated += known.length - elsewhere.length;
  }
  if (added > 0) await world.store.publish([{ type: 'UsersAdded', batch: request.batch, count: added }], by.name);
  return { batch: request.batch, added, updated, problems, warnings: csv.warnings };
}

const CHUNK = 1000;

/** Adds users with their passwords; answers those that were there before, in whichever batch. */
async function importRows(
  world: World,
  batch: BatchName,
  rows: readonly MigrationCsvRow[],
  by: Actor,
): Promise<readonly MigrationUser[]> {
  const users = rows.map((row) => newUser(world, batch, row));
  const known = await world.store.addUsers(users, [], by.name);
  // A user of another batch keeps the password it has: this file has no say over it.
  const foreign = new Set(known.filter((user) => user.batch !== batch).map((user) => user.address));
  const own = rows.filter((row) => !foreign.has(row.address));
  await world.vault.putAll(new Map(own.map((row) => [row.address, row.password])));
  await updateLogins(world, known, rows, batch);
  return known;
}

async function ensureBatch(world: World, request: ImportRequest, by: Actor): Promise<void> {
  const existing = await world.store.batch(request.batch);
  if (existing === undefined) return createBatch(world, { name: request.batch, endpoint: request.endpoint }, by);
  const batch = await requireBatch(world, request.batch);
  if (batch.endpoint !== request.endpoint) {
    throw new MigrationError('UsageError', {
      detail: `The batch "${batch.name}" uses the endpoint "${batch.endpoint}".`,
      command: 'import',
    });
  }
}

function newUser(world: World, batch: BatchName, row: MigrationCsvRow): MigrationUser {
  return {
    address: row.address,
    guid: world.newId(),
    batch,
    userName: row.userName,
    status: 'Validating',
    epoch: 0,
    warnings: [],
  };
}

async function updateLogins(
  world: World,
  known: readonly MigrationUser[],
  rows: readonly MigrationCsvRow[],
  batch: BatchName,
): Promise<void> {
  const logins = new Map<UserAddress, string>(rows.map((row) => [row.address, row.userName]));
  for (const { address, userName } of known.filter((user) => user.batch === batch)) {
    const login = logins.get(address) ?? userName;
    if (login === userName) continue;
    await world.store.changeUser(address, (current) => ({ to: { ...current, userName: login }, events: [] }));
  }
}

function duplicateProblem(user: MigrationUser, row: number | undefined): CsvProblem {
  const code = 'UserDuplicateInOtherBatchException';
  const { message, remedy } = failure(code, {
    address: user.address,
    batch: user.batch,
  });
  return { code, message, remedy, ...(row === undefined ? {} : { row }) };
}
