import type { BatchStatus } from '../../engine/domain/migration-batch.ts';
import type { UserStatus } from '../../engine/domain/migration-user.ts';

/** How batches and users stand. */
export const DE_STATES: Readonly<Record<BatchStatus | UserStatus, string>> = {
  Created: 'Angelegt',
  Waiting: 'Wartet',
  Syncing: 'Synchronisiert gerade',
  Synced: 'Synchronisiert',
  SyncedWithErrors: 'Synchronisiert mit Fehlern',
  IncrementalSyncing: 'Gleicht Änderungen ab',
  IncrementalFailed: 'Abgleich fehlgeschlagen',
  Stopping: 'Hält an',
  Stopped: 'Angehalten',
  Completing: 'Schließt ab',
  Completed: 'Abgeschlossen',
  CompletedWithErrors: 'Abgeschlossen mit Fehlern',
  CompletedWithWarnings: 'Abgeschlossen mit Warnungen',
  Failed: 'Fehlgeschlagen',
  Removing: 'Wird entfernt',
  Validating: 'Wird geprüft',
  Queued: 'Wartet auf Platz',
};
