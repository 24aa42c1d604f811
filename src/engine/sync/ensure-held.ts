import { MigrationError } from '../domain/failure.ts';
import type { Clock, Ledger } from '../ports.ts';

/** An answer older than this (ms) says nothing: the process may have been stopped between question and answer. Far below any lock. */
const FRESH = 1_000;
const TRIES = 5;

/** Throws MailboxTakenOver unless the mailbox is held now. */
export async function ensureHeldNow(ledger: Ledger, clock: Clock): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const asked = clock.now();
    await ledger.ensureHeld();
    if (clock.now() - asked < FRESH) return;
  }
  throw new MigrationError('LedgerUnavailable', { detail: 'it takes a second to answer' });
}
