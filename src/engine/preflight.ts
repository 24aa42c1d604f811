import type { Actor } from './domain/actor.ts';
import type { BatchCheck, CheckProblem } from './domain/batch-check.ts';
import { sha256Of } from './domain/canonical-json.ts';
import { checkNotes } from './domain/check-notes.ts';
import {
  type MailboxFinding,
  type UserFinding,
  checkCsv,
  checkHash,
  loginHash,
  subjectHash,
} from './domain/check-result.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import { MigrationError, failure, toMigrationError } from './domain/failure.ts';
import { planFolders } from './domain/folder-plan.ts';
import type { BatchName } from './domain/ids.ts';
import { type MailFilter, leftOutBy } from './domain/mail-filter.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type Prediction, measuredPace, predictDuration } from './domain/predict-duration.ts';
import { requireBatch } from './batches.ts';
import { requireEndpoint } from './endpoints.ts';
import { LOGIN_REFUSED } from './refused-logins.ts';
import { sourceLogin } from './source-login.ts';
import type { Jobs, SelectedFolder, World } from './ports.ts';

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

/** The job behind {@link checkBatch}. */
export async function runCheckBatch(world: World, job: Jobs['check-batch'], signal: AbortSignal): Promise<void> {
  const batch = await requireBatch(world, job.batch);
  const endpoint = await requireEndpoint(world, batch.endpoint);
  const users = await Array.fromAsync(world.store.users(batch.name));
  const subject = subjectHash(batch, endpoint, users);
  const found: UserFinding[] = [];
  const startedAt = world.clock.now();
  let publishedAt = startedAt;
  const snapshot = (): BatchCheck => {
    const done = found.flatMap((each) => (each.ready ? [each.mailbox] : []));
    return {
      batch: batch.name,
      request: job.request,
      startedAt,
      users: users.length,
      checked: found.length,
      ready: done.length,
      items: sum(done.map((each) => each.items)),
      bytes: sum(done.map((each) => each.bytes)),
      folders: sum(done.map((each) => each.folders)),
      largestItem: largest(done.map((each) => each.largest)),
      problems: found.flatMap((each) => (each.ready ? [] : [problemOf(each)])),
      notes: checkNotes(done, endpoint),
    };
  };
  const waiting = [...users];
  const lane = async (): Promise<void> => {
    for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
      signal.throwIfAborted();
      found.push(await checkUser(world, user, batch, endpoint, signal));
      if (world.clock.now() - publishedAt < PUBLISH_EVERY) continue;
      publishedAt = world.clock.now();
      await world.store.saveCheck(snapshot(), []);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  const prediction = await predict(world, endpoint, found);
  const check: BatchCheck = {
    ...snapshot(),
    ...{ finishedAt: world.clock.now(), subject, hash: checkHash(subject, found) },
    ...(prediction === undefined ? {} : { prediction }),
    report: await writeReport(world, batch, found),
  };
  await world.store.saveCheck(check, [{ type: 'BatchChecked', batch: batch.name, request: job.request }]);
}

/** How far back first syncs say something about the next one, in ms. */
const PACE_MEMORY = 30 * 86_400_000;

async function predict(
  world: World,
  endpoint: MigrationEndpoint,
  found: readonly UserFinding[],
): Promise<Prediction | undefined> {
  const all = await world.store.batches();
  const batches = new Set(all.flatMap((batch) => (batch.endpoint === endpoint.name ? [batch.name] : [])));
  const now = world.clock.now();
  const events = await Array.fromAsync(world.events.read(now - PACE_MEMORY, now));
  const mailboxes = found.flatMap((each) => (each.ready ? [each.mailbox] : []));
  return predictDuration(mailboxes, measuredPace(events, batches));
}

async function writeReport(
  world: World,
  { name }: MigrationBatch,
  found: readonly UserFinding[],
): Promise<NonNullable<BatchCheck['report']>> {
  const text = checkCsv(found);
  const stamp = new Date(world.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const file = await world.reports.write(`check-${name}-${stamp}.csv`, text);
  return { file, bytes: Buffer.byteLength(text), sha256: sha256Of(text) };
}

/** Refuses a start whose batch is not the one that was checked with this result. Throws UnknownBatch, CheckOutdated. */
export async function requireCheck(world: World, name: BatchName, hash: string): Promise<void> {
  const batch = await requireBatch(world, name);
  const check = await world.store.check(name);
  const outdated = (detail: string): MigrationError => new MigrationError('CheckOutdated', { batch: name, detail });
  if (check?.hash === undefined) throw outdated('it has no finished check');
  if (check.hash !== hash.toLowerCase()) throw outdated('its latest check found something else');
  const endpoint = await requireEndpoint(world, batch.endpoint);
  const users = await Array.fromAsync(world.store.users(name));
  if (check.subject !== subjectHash(batch, endpoint, users))
    throw outdated('its users, their logins or its settings changed since');
}

async function checkUser(
  world: World,
  user: MigrationUser,
  batch: MigrationBatch,
  endpoint: MigrationEndpoint,
  signal: AbortSignal,
): Promise<UserFinding> {
  try {
    return { user: user.address, ready: true, mailbox: await lookAt(world, user, batch, endpoint, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = toMigrationError(error);
    const names = { address: user.address, batch: batch.name, endpoint: endpoint.name };
    const login = code === LOGIN_REFUSED ? { login: loginHash(endpoint, user) } : {};
    return { user: user.address, ready: false, error: failure(code, { ...names, ...details }), ...login };
  }
}

function problemOf({ user, error, login }: UserFinding & { readonly ready: false }): CheckProblem {
  return { user, error, ...(login === undefined ? {} : { login }) };
}

async function lookAt(
  world: World,
  user: MigrationUser,
  batch: MigrationBatch,
  endpoint: MigrationEndpoint,
  signal: AbortSignal,
): Promise<MailboxFinding> {
  const recipient = user.target ?? (await world.target.find(user.address));
  if (recipient === undefined) throw new MigrationError('MigrationRecipientNotFoundException');
  await using target = await world.target.open({ id: recipient.id, address: user.address });
  const appendLane = await target.probeAppendLane();
  const quota = await world.target.quota(recipient);
  await using source = await world.source.connect(endpoint, await sourceLogin(world, user, endpoint), signal);
  const routes = planFolders(await source.listFolders(), batch).filter((route) => route.source.selectable);
  const wanted = routes.filter((route) => !route.excluded);
  const sizes = { items: 0, bytes: 0, oversize: 0, leftOut: 0, largest: 0 };
  for (const route of wanted) {
    await measureFolder(world, await source.select(route.source), batch.filter ?? {}, sizes, signal);
  }
  const renamed = wanted.filter((route) => route.renamed).length;
  const odd = wanted.filter(({ source: folder }) => folder.segments.some((name) => ODD.test(name))).length;
  return { ...sizes, folders: wanted.length, renamed, odd, appendLane, ...(quota === undefined ? {} : { quota }) };
}

/** Control, format and other characters nobody sees, and blanks around a name. */
const ODD = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]|^\s|\s$/u;

const METADATA_CHUNK = 1000;

async function measureFolder(
  world: World,
  folder: SelectedFolder,
  filter: MailFilter,
  sizes: { items: number; bytes: number; oversize: number; leftOut: number; largest: number },
  signal: AbortSignal,
): Promise<void> {
  const uids = await folder.uids();
  for (let at = 0; at < uids.length; at += METADATA_CHUNK) {
    signal.throwIfAborted();
    for (const meta of await folder.metadata(uids.slice(at, at + METADATA_CHUNK))) {
      if (leftOutBy(filter, meta) !== undefined) {
        sizes.leftOut += 1;
        continue;
      }
      sizes.items += 1;
      sizes.bytes += meta.size;
      sizes.largest = Math.max(sizes.largest, meta.size);
      if (meta.size > world.settings.maxItemSize) sizes.oversize += 1;
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

// Math.max(...values) has no room for 50,000.
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
