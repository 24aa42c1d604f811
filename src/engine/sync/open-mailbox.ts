import { MigrationError } from '../domain/failure.ts';
import type { MigrationUser, UserTarget } from '../domain/migration-user.ts';
import type { Ledger, TargetMailbox, WaitWatch, World } from '../ports.ts';
import { MailboxBooks } from './books.ts';
import { ensureHeldNow } from './ensure-held.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { type OpenSource, withOpenSource } from './open-source.ts';
import type { SyncTimer } from './sync-timer.ts';

/** What is open without anybody who writes. */
type Sides = Omit<MailboxSession, 'run' | 'since' | 'books' | 'timer'>;

/** Opens both sides, the ledger and the books, hands them to `use`, and closes them whatever happens. */
export async function withOpenMailbox<Result>(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
  timer: SyncTimer,
  use: (session: MailboxSession) => Promise<Result>,
): Promise<Result> {
  const useSides = async (sides: Sides): Promise<Result> => {
    const [progress, folders] = await Promise.all([
      world.store.progress(user.address),
      world.store.folders(user.address),
    ]);
    if (progress?.ceiling !== undefined) timer.follow({ ...progress.ceiling, at: progress.updatedAt });
    const books = new MailboxBooks(world, user, { progress, folders }, timer);
    return await use({ ...sides, run: world.newId(), since: world.clock.now(), books, timer });
  };
  return withOpenSides(world, user, signal, useSides, timer);
}

/**
 * Opens both sides and the ledger under the user's own epoch: whoever syncs the mailbox meanwhile is not disturbed as
 * long as nothing is written.
 */
export async function withOpenSides<Result>(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
  use: (sides: Sides) => Promise<Result>,
  watch?: WaitWatch,
): Promise<Result> {
  // The target first: without it there is nothing to read for.
  let held: Ledger | undefined;
  const mayWrite = async (): Promise<void> => {
    if (held !== undefined) await ensureHeldNow(held, world.clock);
  };
  const { recipient, target: opened } = await openTarget(world, user, mayWrite, watch);
  await using target = opened;
  // Awaited here: the target is closed when this block is left.
  const useSource = ({ batch, source, ledger }: OpenSource): Promise<Result> => {
    held = ledger;
    return use({ world, user, batch, source, target, ledger, signal });
  };
  return await withOpenSource(world, { ...user, target: recipient }, signal, useSource, watch);
}

// Resolved once to an immutable id, so that a later change of addresses never leads into another mailbox.
async function openTarget(
  world: World,
  user: MigrationUser,
  mayWrite: () => Promise<void>,
  watch: WaitWatch | undefined,
): Promise<{ readonly recipient: UserTarget; readonly target: TargetMailbox }> {
  if (user.target !== undefined) {
    const target = await world.target.open({ id: user.target.id, address: user.address }, mayWrite, watch);
    return { recipient: user.target, target };
  }
  const found = await world.target.find(user.address);
  if (found === undefined) throw new MigrationError('MigrationRecipientNotFoundException', { address: user.address });
  const target = await world.target.open(found, mayWrite, watch);
  const recipient: UserTarget = { id: found.id, displayName: found.displayName, kind: found.kind };
  await world.store.changeUser(user.address, (current) => ({ to: { ...current, target: recipient }, events: [] }));
  return { recipient, target };
}
