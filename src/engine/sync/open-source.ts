import { MigrationError } from '../domain/failure.ts';
import type { MigrationBatch } from '../domain/migration-batch.ts';
import type { MigrationUser } from '../domain/migration-user.ts';
import { requireBatch } from '../batches.ts';
import { requireEndpoint } from '../endpoints.ts';
import { sourceLogin } from '../source-login.ts';
import type { Ledger, LedgerKey, SourceMailbox, WaitWatch, World } from '../ports.ts';
import { timedSource } from './timed-source.ts';

/** The source of a user and what the ledger knows of it. */
export interface OpenSource {
  readonly batch: MigrationBatch;
  readonly source: SourceMailbox;
  readonly ledger: Ledger;
}

/**
 * Signs in at the source and opens the ledger under the user's own epoch: whoever syncs the mailbox meanwhile is not
 * disturbed as long as nothing is written. Throws CredentialMissing, MailboxTakenOver and what the source throws.
 */
export async function withOpenSource<Result>(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
  use: (open: OpenSource) => Promise<Result>,
  watch?: WaitWatch,
): Promise<Result> {
  const batch = await requireBatch(world, user.batch);
  const endpoint = await requireEndpoint(world, batch.endpoint);
  const { target } = user;
  if (target === undefined) throw new MigrationError('MigrationRecipientNotFoundException', { address: user.address });
  const login = await sourceLogin(world, user, endpoint);
  const connect = () => world.source.connect(endpoint, login, signal);
  await using source =
    watch === undefined ? await connect() : timedSource(await watch.during('source', connect), watch);
  const sourceHost = `${endpoint.host}:${endpoint.port}`;
  const key: LedgerKey = { targetMailboxId: target.id, sourceHost, login: user.userName };
  await using ledger = await world.ledgers.open(key, user.epoch);
  return await use({ batch, source, ledger });
}
