import { FAILURES, MigrationError, toMigrationError } from './domain/failure.ts';
import { planFolders } from './domain/folder-plan.ts';
import {
  afterEqualLook,
  differenceOf,
  isWatchable,
  placesOf,
  type SeenFolder,
  usersOfPlace,
} from './domain/freshness.ts';
import type { EndpointName, UserAddress } from './domain/ids.ts';
import type { SourceFolder } from './domain/mailbox.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { enqueue } from './batches.ts';
import type { Jobs, World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';
import { type OpenSource, withOpenSource } from './sync/open-source.ts';

/** ms between two looks at a mailbox; INBOX is told of at once where the server has IDLE. */
const LOOK_EVERY = 5_000;
/** A connection is kept so long at most. */
const TURN = 600_000;
/** How often a place that stays with one user looks whether it has more of them now. */
const DEAL_AGAIN = 30_000;
/** A source that failed is left in peace so long. */
const REST = 120_000;

/**
 * The job of one place. It looks at its users' mailboxes, one connection at a time, and has a user synced when the
 * source is not as the ledger knows it. A single user is stayed with, by IDLE; several are visited in turn.
 */
export async function runWatchMailboxes(
  world: World,
  { endpoint, place }: Jobs['watch-mailboxes'],
  signal: AbortSignal,
): Promise<void | { readonly again: number }> {
  const restsUntil = new Map<UserAddress, number>();
  const { clock, settings } = world;
  for (;;) {
    const users = await liveUsersOf(world, endpoint, place);
    if (users.length === 0) return undefined;
    const from = clock.now();
    for (const user of users) {
      if (signal.aborted) return { again: 0 };
      if ((restsUntil.get(user.address) ?? 0) > clock.now()) continue;
      const stays = users.length === 1 ? stayAlone(world, endpoint, place) : async () => false;
      const rested = await attend(world, user, stays, signal);
      if (rested) restsUntil.set(user.address, clock.now() + REST / settings.timeScale);
    }
    const pause = from + LOOK_EVERY / settings.timeScale - clock.now();
    await clock.sleep(Math.max(1, pause), signal).catch(() => undefined);
    if (signal.aborted) return { again: 0 };
  }
}

// Stays until the turn is over or the place has other users, too: they must not wait for the end of a turn.
function stayAlone(world: World, endpoint: EndpointName, place: number): () => Promise<boolean> {
  const { clock, settings } = world;
  const from = clock.now();
  let dealtAt = from;
  return async () => {
    const now = clock.now();
    if (now - from >= TURN / settings.timeScale) return false;
    if (now - dealtAt < DEAL_AGAIN / settings.timeScale) return true;
    dealtAt = now;
    return (await liveUsersOf(world, endpoint, place)).length === 1;
  };
}

async function liveUsersOf(world: World, name: EndpointName, place: number): Promise<readonly MigrationUser[]> {
  const endpoint = await world.store.endpoint(name);
  if (endpoint === undefined) return [];
  const users: MigrationUser[] = [];
  for (const batch of await world.store.batches()) {
    if (batch.endpoint !== name || batch.live === undefined || batch.intent !== 'Started') continue;
    for await (const user of world.store.users(batch.name)) if (isWatchable(user)) users.push(user);
  }
  return usersOfPlace(users, place, placesOf(endpoint, users.length));
}

// Looks once, and goes on looking until the turn is over. Answers true when the mailbox cannot be looked at now.
async function attend(
  world: World,
  user: MigrationUser,
  stays: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await withOpenSource(world, user, signal, async (open) => {
      for (;;) {
        const inbox = await look(world, user.address, open);
        if (inbox === undefined || !(await stays())) return;
        await open.source.waitForNews(inbox, LOOK_EVERY / world.settings.timeScale);
      }
    });
    return false;
  } catch (error) {
    if (signal.aborted) return false;
    const { code } = toMigrationError(error);
    world.log.warn({ code, user: user.address }, 'a live mailbox could not be looked at');
    // Only a person can mend it: a sync says so, in its own words, once.
    if (FAILURES[code].retry === 'never') await askForSync(world, user.address, code);
    return true;
  }
}

// Answers the folder to wait at; undefined when the user is not to be watched any more.
async function look(world: World, address: UserAddress, open: OpenSource): Promise<SourceFolder | undefined> {
  const user = await world.store.user(address);
  if (user === undefined || user.batch !== open.batch.name || !isWatchable(user)) return undefined;
  // The source takes no more connections of this login: the sync that waits for one goes first.
  if (user.error?.code === 'SourceBusy') throw new MigrationError('SourceBusy', { host: open.batch.endpoint });
  const from = world.clock.now();
  const listed = await open.source.listFolders();
  const inbox = listed.find((folder) => folder.specialUse === 'inbox');
  // A sync at work compares by itself; what comes after its listing shows at the next look.
  if (user.status !== 'Synced') return inbox;
  const difference = differenceOf(await compared(listed, open));
  if (difference === undefined) {
    await world.store.changeUser(address, (current) =>
      isWatchable(current)
        ? { to: { ...current, freshness: afterEqualLook(current.freshness, from) }, events: [] }
        : undefined,
    );
  } else if (difference !== user.freshness?.asked) await askForSync(world, address, difference);
  return inbox;
}

async function compared(
  listed: readonly SourceFolder[],
  { batch, ledger }: OpenSource,
): Promise<readonly SeenFolder[]> {
  const routes = planFolders(listed, { trash: batch.trash, exclude: batch.exclude });
  const paths = new Set(routes.map((route) => route.source.path));
  const folders: SeenFolder[] = [];
  for (const { source, excluded } of routes) {
    if (excluded || !source.selectable || source.status === undefined) continue;
    folders.push({ path: source.path, known: await ledger.checkpoint(source.path), now: source.status });
  }
  for (const path of await ledger.folders()) {
    const known = paths.has(path) ? undefined : await ledger.checkpoint(path);
    if (known !== undefined && known.targetFolderId !== '') folders.push({ path, known, now: undefined });
  }
  return folders;
}

async function askForSync(world: World, address: UserAddress, difference: string): Promise<void> {
  await world.store.changeUser(address, (current) => {
    const { equalAt = current.lastSuccessfulSyncAt ?? 0, lags = [] } = current.freshness ?? {};
    if (current.status !== 'Synced' || current.freshness?.asked === difference) return undefined;
    const asked = { ...current, freshness: { equalAt, lags, asked: difference } };
    return enqueue(world, asked);
  });
  await scheduleSoon(world);
}
