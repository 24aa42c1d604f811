import { requireBatch } from './batches.ts';
import { type Cutover, type LateMail, firstSwitchedAt, switchedAtOf } from './domain/cutover.ts';
import { toMigrationError } from './domain/failure.ts';
import type { UserAddress } from './domain/ids.ts';
import type { MessageMeta, SourceFolder } from './domain/mailbox.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { headerOf, relayingHosts } from './domain/received.ts';
import { requireEndpoint } from './endpoints.ts';
import { sourceLogin } from './source-login.ts';
import type { Jobs, SelectedFolder, SourceMailbox, World } from './ports.ts';

/** The newest messages of a folder that are looked at. */
const NEWEST = 300;
/** Late messages of one folder that are read. */
const MOST_A_FOLDER = 50;
/** A larger message is listed without the hosts it came by, in bytes. */
const LARGEST_READ = 2_000_000;
const MOST_KEPT = 200;

/**
 * The job that finds out who still sends to the old server after the switch of the MX: scanners, scripts, whoever knows
 * the old address by heart. The syncs bring that mail over; this lists it with its sender and the hosts it came by. It
 * only reads, and only mailboxes a sync brought something from since the look before.
 */
export async function runFindLateMail(world: World, job: Jobs['find-late-mail'], signal: AbortSignal): Promise<void> {
  const cutover = await world.store.cutover(job.batch);
  const since = cutover === undefined ? undefined : firstSwitchedAt(cutover);
  if (cutover === undefined || since === undefined) return;
  const now = world.clock.now();
  const addresses = await usersWithNews(world, cutover, since, now);
  const found: LateMail[] = [];
  for (const address of addresses) {
    signal.throwIfAborted();
    const user = await world.store.user(address);
    const switchedAt = switchedAtOf(cutover, address);
    if (user === undefined || switchedAt === undefined) continue;
    try {
      found.push(...(await lateMailOf(world, user, switchedAt, signal)));
    } catch (error) {
      signal.throwIfAborted();
      world.log.warn({ code: toMigrationError(error).code, user: address }, 'late mail could not be looked for');
    }
  }
  await world.store.changeCutover(job.batch, (current) => {
    const known = new Set(current.late.map(keyOf));
    const fresh = found.filter((each) => !known.has(keyOf(each)));
    const late = [...current.late, ...fresh].slice(-MOST_KEPT);
    return {
      to: { ...current, late, lateCount: current.lateCount + fresh.length, lateReadAt: now },
      events: fresh.length === 0 ? [] : [{ type: 'LateMailFound', batch: job.batch, count: fresh.length }],
    };
  });
}

// The event log says which mailboxes a sync brought something from. A little of the look before is read again: a sync
// that ended while it ran is in one of both.
async function usersWithNews(
  world: World,
  { batch, lateReadAt }: Cutover,
  since: number,
  now: number,
): Promise<ReadonlySet<UserAddress>> {
  const users = new Set<UserAddress>();
  for await (const event of world.events.read(Math.max(since, (lateReadAt ?? since) - 60_000), now))
    if (event.type === 'UserSynced' && event.batch === batch && event.copied > 0) users.add(event.user);
  return users;
}

async function lateMailOf(
  world: World,
  user: MigrationUser,
  since: number,
  signal: AbortSignal,
): Promise<readonly LateMail[]> {
  if ((await world.vault.get(user.address)) === undefined) return [];
  const endpoint = await requireEndpoint(world, (await requireBatch(world, user.batch)).endpoint);
  await using source = await world.source.connect(endpoint, await sourceLogin(world, user, endpoint), signal);
  const found: LateMail[] = [];
  for (const folder of (await source.listFolders()).filter(isForDelivery))
    found.push(...(await lateMailIn(source, folder, user.address, since)));
  return found;
}

// Rules deliver into any folder; what a person sends, drafts or throws away is no delivery.
function isForDelivery({ selectable, specialUse }: SourceFolder): boolean {
  return selectable && (specialUse === undefined || specialUse === 'inbox' || specialUse === 'junk');
}

async function lateMailIn(
  source: SourceMailbox,
  folder: SourceFolder,
  user: UserAddress,
  since: number,
): Promise<readonly LateMail[]> {
  if (folder.status?.exists === 0) return [];
  const selected = await source.select(folder);
  const newest = (await selected.uids()).slice(-NEWEST);
  if (newest.length === 0) return [];
  const late = (await selected.metadata(newest))
    // INTERNALDATE has whole seconds: a message of the second of the switch counts.
    .filter(({ internalDate }) => internalDate !== undefined && internalDate + 1000 > since)
    .sort((a, b) => b.uid - a.uid)
    .slice(0, MOST_A_FOLDER);
  return late.length === 0 ? [] : describe(selected, late, user);
}

// What was filed by hand has no Received field of its own time; whatever was delivered has one.
async function describe(
  selected: SelectedFolder,
  late: readonly MessageMeta[],
  user: UserAddress,
): Promise<readonly LateMail[]> {
  const senders = await selected.summaries(late.map(({ uid }) => uid));
  const bodies = await selected.contents(late.filter(({ size }) => size <= LARGEST_READ));
  const hosts = new Map(
    bodies.flatMap((each) => (each.outcome === 'read' ? [[each.uid, relayingHosts(headerOf(each.raw))] as const] : [])),
  );
  return late
    .filter(({ uid, size }) => size > LARGEST_READ || (hosts.get(uid)?.length ?? 0) > 0)
    .map(({ uid, internalDate = 0 }) => {
      const from = senders.get(uid)?.from;
      const path = selected.path;
      return {
        user,
        folder: path,
        uid,
        at: internalDate,
        hosts: hosts.get(uid) ?? [],
        ...(from === undefined ? {} : { from }),
      };
    });
}

function keyOf({ user, folder, uid }: LateMail): string {
  return `${user}\n${folder}\n${uid}`;
}
