/**
 * Names of everything Bellhop keeps in Redis. The braces are a hash tag: on a Redis Cluster all keys live in one slot,
 * so that one script may touch several of them.
 */
const PREFIX = '{bellhop}:';

export const KEYS = {
  /** Hash: name -> record. */
  endpoints: `${PREFIX}endpoints`,
  /** Hash: name -> record. */
  batches: `${PREFIX}batches`,
  /** Hash: address -> record. One hash for all batches: an address belongs to one batch. */
  users: `${PREFIX}users`,
  /** Hashes: address -> JSON. */
  progress: `${PREFIX}progress`,
  folders: `${PREFIX}folders`,
  skipped: `${PREFIX}skipped`,
  /** Hash: batch -> JSON. */
  checks: `${PREFIX}checks`,
  /** Stream of events, one field `e` with JSON. */
  events: `${PREFIX}events`,
  /** Hash: reader -> id of the last event it has handled. */
  eventReaders: `${PREFIX}event-readers`,
  /** Hash: address -> sealed password. */
  vault: `${PREFIX}vault`,
} as const;

/** List: addresses of a batch in the order they were imported. */
export function batchUsersKey(batch: string): string {
  return `${PREFIX}batch-users:${batch}`;
}

/** One document of a collection. */
export function documentKey(collection: string, key: string): string {
  return `${PREFIX}documents:${collection}:${key}`;
}

/** What a mailbox has used of its ceilings (hash) and the places taken in it (sorted set). */
export function budgetKeys(mailboxId: string): readonly [spent: string, places: string] {
  return [`${PREFIX}budget:${mailboxId}`, `${PREFIX}places:${mailboxId}`];
}
