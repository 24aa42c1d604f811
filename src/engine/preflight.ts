import type { Actor } from './domain/actor.ts';
import type { BatchCheck, CheckNote } from './domain/batch-check.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import { type Failure, MigrationError, failure, toMigrationError } from './domain/failure.ts';
import { planFolders } from './domain/folder-plan.ts';
import type { BatchName } from './domain/ids.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { requireBatch } from './batches.ts';
import { requireEndpoint } from './endpoints.ts';
import type { AppendLaneState, Jobs, SelectedFolder, World } from './ports.ts';

/** Sign-ins a check makes at a time: low, because many servers slow everybody down after wrong passwords. */
const AT_A_TIME = 4;
const PUBLISH_EVERY = 1000;

/** Has a worker look at every user of a batch, writing nothing anywhere; the result is read by queries.batchCheck. */
export async function checkBatch(world: World, name: BatchName, by: Actor): Promise<{ readonly request: string }> {
  const batch = await requireBatch(world, name);
  const request = world.newId();
  const check: BatchCheck = { ...EMPTY_CHECK, batch: batch.name, request, startedAt: world.clock.now() };
  await world.store.saveCheck(check, []);
  await world.store.publish([{ type: 'BatchCheckStarted', batch: batch.name }], by);
  await world.jobs.add('check-batch', { batch: batch.name, request });
  return { request };
}

const EMPTY_CHECK = {
  users: 0,
  checked: 0,
  ready: 0,
  items: 0,
  bytes: 0,
  folders: 0,
  largestItem: 0,
  problems: [],
  notes: [],
} as const;

interface UserCheck {
  readonly items: number;
  readonly bytes: number;
  readonly folders: number;
  readonly renamed: number;
  readonly oversize: number;
  readonly largest: number;
  readonly appendLane: AppendLaneState;
}

/** The job behind {@link checkBatch}. */
export async function runCheckBatch(world: World, job: Jobs['check-batch'], signal: AbortSignal): Promise<void> {
  const batch = await requireBatch(world, job.batch);
  const endpoint = await requireEndpoint(world, batch.endpoint);
  const users = await Array.fromAsync(world.store.users(batch.name));
  const problems: BatchCheck['problems'][number][] = [];
  const done: UserCheck[] = [];
  const startedAt = world.clock.now();
  let publishedAt = startedAt;
  const snapshot = (): BatchCheck => ({
    batch: batch.name,
    request: job.request,
    startedAt,
    users: users.length,
    checked: done.length + problems.length,
    ready: done.length,
    items: sum(done.map((each) => each.items)),
    bytes: sum(done.map((each) => each.bytes)),
    folders: sum(done.map((each) => each.folders)),
    largestItem: Math.max(0, ...done.map((each) => each.largest)),
    problems: [...problems],
    notes: notesOf(done, endpoint),
  });
  const waiting = [...users];
  const lane = async (): Promise<void> => {
    for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
      signal.throwIfAborted();
      const result = await checkUser(world, user, batch, endpoint, signal);
      if ('code' in result) problems.push({ user: user.address, error: result });
      else done.push(result);
      if (world.clock.now() - publishedAt < PUBLISH_EVERY) continue;
      publishedAt = world.clock.now();
      await world.store.saveCheck(snapshot(), []);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  await world.store.saveCheck({ ...snapshot(), finishedAt: world.clock.now() }, [
    { type: 'BatchChecked', batch: batch.name, request: job.request },
  ]);
}

async function checkUser(
  world: World,
  user: MigrationUser,
  batch: MigrationBatch,
  endpoint: MigrationEndpoint,
  signal: AbortSignal,
): Promise<UserCheck | Failure> {
  try {
    const recipient = user.target ?? (await world.target.find(user.address));
    if (recipient === undefined) throw new MigrationError('MigrationRecipientNotFoundException');
    await using target = await world.target.open({ id: recipient.id, address: user.address });
    const appendLane = await target.probeAppendLane();
    const password = await world.vault.get(user.address);
    if (password === undefined) throw new MigrationError('CredentialMissing');
    await using source = await world.source.connect(endpoint, { userName: user.userName, password }, signal);
    const routes = planFolders(await source.listFolders(), batch).filter((route) => route.source.selectable);
    const wanted = routes.filter((route) => !route.excluded);
    const sizes = { items: 0, bytes: 0, oversize: 0, largest: 0 };
    for (const route of wanted) await measureFolder(world, await source.select(route.source), sizes, signal);
    return { ...sizes, folders: wanted.length, renamed: wanted.filter((route) => route.renamed).length, appendLane };
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = toMigrationError(error);
    return failure(code, { address: user.address, batch: batch.name, endpoint: endpoint.name, ...details });
  }
}

const METADATA_CHUNK = 1000;

async function measureFolder(
  world: World,
  folder: SelectedFolder,
  sizes: { items: number; bytes: number; oversize: number; largest: number },
  signal: AbortSignal,
): Promise<void> {
  const uids = await folder.uids();
  for (let at = 0; at < uids.length; at += METADATA_CHUNK) {
    signal.throwIfAborted();
    for (const { size } of await folder.metadata(uids.slice(at, at + METADATA_CHUNK))) {
      sizes.items += 1;
      sizes.bytes += size;
      sizes.largest = Math.max(sizes.largest, size);
      if (size > world.settings.maxItemSize) sizes.oversize += 1;
    }
  }
}

const APPEND_LANE_TEXTS: Readonly<Record<AppendLaneState, string>> = {
  open: 'mailboxes take signed mail and invitations as they are (append lane)',
  closed: 'mailboxes cannot be reached by IMAP: signed mail and invitations lose details (append lane)',
  off: 'mailboxes are written without the append lane, which is off: signed mail and invitations lose details',
};

function notesOf(checks: readonly UserCheck[], endpoint: MigrationEndpoint): readonly CheckNote[] {
  const renamed = sum(checks.map((check) => check.renamed));
  const oversize = sum(checks.map((check) => check.oversize));
  const notes: CheckNote[] = [];
  if (oversize > 0)
    notes.push({
      kind: 'oversize',
      count: oversize,
      text: 'messages are larger than the target takes and will be skipped',
    });
  if (renamed > 0) notes.push({ kind: 'renamed-folder', count: renamed, text: 'folder names change to fit Exchange' });
  for (const [state, text] of Object.entries(APPEND_LANE_TEXTS) as [AppendLaneState, string][]) {
    const count = checks.filter((check) => check.appendLane === state).length;
    if (count > 0) notes.push({ kind: state === 'open' ? 'append-lane' : 'append-lane-missing', count, text });
  }
  if (endpoint.security === 'none')
    notes.push({ kind: 'clear-text', count: 1, text: 'the endpoint sends passwords in clear text' });
  return notes;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
