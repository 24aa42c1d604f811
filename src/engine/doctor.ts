import type { EndpointTest } from './domain/events.ts';
import { type Failure, failure, toMigrationError } from './domain/failure.ts';
import { parseUserAddress } from './domain/ids.ts';
import type { World } from './ports.ts';
import { checkedEnd } from './read-chain.ts';

/** One thing that was looked at. `unknown`: it could not be looked at from here. */
export interface Finding {
  readonly what:
    | 'state'
    | 'queue'
    | 'workers'
    | 'ledger'
    | 'target'
    | 'access'
    | 'certificate'
    | 'drop'
    | 'places'
    | 'endpoint'
    | 'conversations'
    | 'lastPost'
    | 'unconfirmed'
    | 'closed'
    | 'waiting'
    | 'record';
  readonly health: 'good' | 'look' | 'bad' | 'unknown';
  /** The endpoint's name, where it is about one. */
  readonly about?: string;
  /** A figure or a time (ISO 8601), as the kind says. */
  readonly value?: string;
  readonly error?: Failure;
}

/** An address nobody has: asking for it shows whether the sign-in works, and reads nothing. */
const NOBODY = parseUserAddress('bellhop-doctor@doctor.invalid');

/** Looks at everything the engine stands on. Nothing here throws: what fails is a finding with its remedy. */
export async function examine(world: World): Promise<readonly Finding[]> {
  const findings = [
    ...[await stateFinding(world), await queueFinding(world), await workersFinding(world)],
    ...[await ledgerFinding(world), await targetFinding(world), await recordFinding(world)],
    ...[...(await accessFindings(world)), ...(await dropFindings(world))],
  ];
  return [...findings, ...(await endpointFindings(world))];
}

async function stateFinding(world: World): Promise<Finding> {
  try {
    const batches = await world.store.batches();
    return { what: 'state', health: 'good', value: String(batches.length) };
  } catch (error) {
    return { what: 'state', health: 'bad', error: failureOf(error) };
  }
}

async function queueFinding(world: World): Promise<Finding> {
  try {
    const jobs = await world.jobs.pending('sync-mailbox');
    const running = jobs.filter((job) => job.running).length;
    return { what: 'queue', health: 'good', value: `${running}/${jobs.length}` };
  } catch (error) {
    return { what: 'queue', health: 'bad', error: failureOf(error) };
  }
}

async function workersFinding(world: World): Promise<Finding> {
  try {
    const workers = await world.jobs.workers('sync-mailbox');
    return { what: 'workers', health: workers === 0 ? 'look' : 'good', value: String(workers) };
  } catch (error) {
    return { what: 'workers', health: 'bad', error: failureOf(error) };
  }
}

async function ledgerFinding(world: World): Promise<Finding> {
  try {
    const home = await world.ledgers.examine();
    return { what: 'ledger', health: 'good', value: home.kind === 'files' ? 'SQLite' : `Postgres ${home.version}` };
  } catch (error) {
    return { what: 'ledger', health: 'bad', error: failureOf(error) };
  }
}

// Every entry is looked at, and the files beside it: a chain that is never read protects nobody.
async function recordFinding(world: World): Promise<Finding> {
  try {
    const { seq } = await checkedEnd(world);
    // Up to nothing: it is only compared.
    await world.mirror.catchUp(0);
    return { what: 'record', health: 'good', value: String(seq) };
  } catch (error) {
    return { what: 'record', health: 'bad', error: failureOf(error) };
  }
}

async function targetFinding(world: World): Promise<Finding> {
  if (NOBODY === undefined) return { what: 'target', health: 'unknown' };
  try {
    await world.target.find(NOBODY);
    return { what: 'target', health: 'good' };
  } catch (error) {
    const known = failureOf(error);
    // Throttled is reachable, and signed in.
    return { what: 'target', health: known.code === 'TargetThrottled' ? 'good' : 'bad', error: known };
  }
}

/** Any of these lets the app find the recipient of an address. */
const FINDING_RIGHTS = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const SOON = 30 * 86_400_000;

async function accessFindings({ target, clock }: World): Promise<readonly Finding[]> {
  try {
    const { roles, expiresAt, certificateUntil } = await target.access();
    const may = roles.some((role) => FINDING_RIGHTS.includes(role));
    const access: Finding = {
      ...{ what: 'access', health: may ? 'good' : 'look', about: roles.join(', ') },
      ...(expiresAt === undefined ? {} : { value: new Date(expiresAt).toISOString() }),
    };
    if (certificateUntil === undefined) return [access];
    const left = certificateUntil - clock.now();
    const health = left > SOON ? 'good' : 'look';
    return [access, { what: 'certificate', health, value: new Date(certificateUntil).toISOString() }];
  } catch {
    // Why it cannot sign in says the finding about the target.
    return [{ what: 'access', health: 'unknown' }];
  }
}

async function dropFindings({ drop }: World): Promise<readonly Finding[]> {
  const found = await drop();
  if (found === undefined) return [];
  const { state, waiting, refused } = found;
  if (state !== 'used')
    return [{ what: 'drop', health: 'bad', error: failure(state === 'open' ? 'DropFolderOpen' : 'DropFolderMissing') }];
  return [{ what: 'drop', health: waiting + refused > 0 ? 'look' : 'good', value: `${waiting}/${refused}` }];
}

// The latest answer to "test endpoint": the doctor reaches no source itself.
async function endpointFindings(world: World): Promise<readonly Finding[]> {
  const tests = new Map<string, EndpointTest>();
  for await (const event of world.events.read(0, world.clock.now()))
    if (event.type === 'EndpointTested') tests.set(event.endpoint, event.test);
  const endpoints = await world.store.endpoints();
  return endpoints.map(({ name }): Finding => {
    const test = tests.get(name);
    if (test === undefined) return { what: 'endpoint', health: 'unknown', about: name };
    const error = test.error === undefined ? {} : { error: test.error };
    return { what: 'endpoint', health: test.error === undefined ? 'good' : 'bad', about: name, ...error };
  });
}

function failureOf(error: unknown): Failure {
  const known = toMigrationError(error);
  return failure(known.code, known.details);
}
