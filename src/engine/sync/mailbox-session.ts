import type { MigrationBatch } from '../domain/migration-batch.ts';
import type { MigrationUser } from '../domain/migration-user.ts';
import type { Ledger, SourceMailbox, TargetMailbox, World } from '../ports.ts';
import type { MailboxBooks } from './books.ts';
import type { SyncTimer } from './sync-timer.ts';

/** Everything one pass over one mailbox works with. */
export interface MailboxSession {
  readonly world: World;
  readonly user: MigrationUser;
  readonly batch: MigrationBatch;
  /** Id of this pass: part of the markers it writes. */
  readonly run: string;
  /** When this pass began (ms since 1970, UTC): what an earlier one sent may still have been under way. */
  readonly since: number;
  readonly source: SourceMailbox;
  readonly target: TargetMailbox;
  readonly ledger: Ledger;
  readonly books: MailboxBooks;
  /** Where the time of this pass goes. */
  readonly timer: SyncTimer;
  /** Aborts when the user is stopped, the worker leaves, or another worker took the mailbox. */
  readonly signal: AbortSignal;
}
