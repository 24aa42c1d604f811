import type { BatchName } from '../engine/domain/ids.ts';

/** All keys share one hash tag, so that scripts and transactions work on a Redis Cluster too. */
export const KEY = {
  endpoints: '{bellhop}:endpoints',
  batches: '{bellhop}:batches',
  /** Users in the order of their CSV: a list of addresses a batch. */
  order: (batch: BatchName) => `{bellhop}:order:${batch}`,
  users: '{bellhop}:users',
  /** What each batch of an endpoint was given of its places. */
  shares: '{bellhop}:shares',
  progress: (batch: BatchName) => `{bellhop}:progress:${batch}`,
  /** Sums over the users of a batch, and the lists beside them. */
  tally: (batch: BatchName) => `{bellhop}:tally:${batch}`,
  tallyList: (batch: BatchName, list: string) => `{bellhop}:tally:${batch}:${list}`,
  folders: '{bellhop}:folders',
  skipped: '{bellhop}:skipped',
  checks: '{bellhop}:checks',
  approvals: '{bellhop}:approvals',
  /** How often the glass was broken, ever: whoever breaks it decided on this number. */
  glass: '{bellhop}:glass',
  /** Entries about refused commands in this hour, of each person and of all; and how many were left out since the last one. */
  refusals: '{bellhop}:refusals',
  refusalsLeftOut: '{bellhop}:refusals:left-out',
  cutovers: '{bellhop}:cutovers',
  verifications: '{bellhop}:verifications',
  forecasts: '{bellhop}:forecasts',
  probes: '{bellhop}:probes',
  events: '{bellhop}:events',
  /** The audit chain, and its head: how far it is and up to where the event log is in it. */
  audit: '{bellhop}:audit',
  auditHead: '{bellhop}:audit:head',
  readers: '{bellhop}:readers',
  credentials: '{bellhop}:credentials',
  documents: '{bellhop}:documents:',
  upload: (hash: string) => `{bellhop}:upload:${hash}`,
  uploadClaim: (hash: string) => `{bellhop}:upload-claim:${hash}`,
  alive: '{bellhop}:alive:',
  slots: (server: string) => `{bellhop}:slots:${server}`,
  budget: (mailbox: string) => `{bellhop}:budget:${mailbox}`,
  tenantBudget: '{bellhop}:budget-of-tenant',
} as const;
