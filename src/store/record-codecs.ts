import { z } from 'zod';
import type { BatchCheck } from '../engine/domain/batch-check.ts';
import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { FAILURES, type Failure, type FailureCode, MigrationError } from '../engine/domain/failure.ts';
import {
  type BatchName,
  type EndpointName,
  type UserAddress,
  parseBatchName,
  parseEndpointName,
  parseUserAddress,
} from '../engine/domain/ids.ts';
import type { MigrationBatch } from '../engine/domain/migration-batch.ts';
import { type MigrationUser, USER_TRANSITIONS, type UserStatus } from '../engine/domain/migration-user.ts';
import type { FolderBooks, SkippedItem, UserProgress } from '../engine/domain/progress.ts';

/**
 * Checks of everything that is read back from Redis: whoever can write there must not gain more than wrong numbers.
 * Objects keep fields they do not know, so that an older process does not strip what a newer one has written.
 */
export interface Codec<Value> {
  readonly name: string;
  readonly schema: z.ZodType<Value>;
}

const time = z.number();
const count = z.int().nonnegative();
const batchName = z.custom<BatchName>((value) => typeof value === 'string' && parseBatchName(value) === value);
const endpointName = z.custom<EndpointName>((value) => typeof value === 'string' && parseEndpointName(value) === value);
const userAddress = z.custom<UserAddress>((value) => typeof value === 'string' && parseUserAddress(value) === value);
const failureCode = z.custom<FailureCode>((value) => typeof value === 'string' && Object.hasOwn(FAILURES, value));
const userStatus = z.custom<UserStatus>((value) => typeof value === 'string' && Object.hasOwn(USER_TRANSITIONS, value));

const failure: z.ZodType<Failure> = z.looseObject({ code: failureCode, message: z.string(), remedy: z.string() });
const items = z.looseObject({
  source: count,
  copied: count,
  adopted: count,
  excluded: count,
  skipped: count,
  failed: count,
  pending: z.int(),
  goneAtSource: count,
});

export const ENDPOINT: Codec<MigrationEndpoint> = {
  name: 'endpoint',
  schema: z.looseObject({
    name: endpointName,
    host: z.string(),
    port: z.int().min(1).max(65_535),
    security: z.enum(['tls', 'starttls', 'none']),
    login: z.enum(['plain', 'login', 'xoauth2']),
    initial: count,
    incremental: count,
  }),
};

export const BATCH: Codec<MigrationBatch> = {
  name: 'batch',
  schema: z.looseObject({
    name: batchName,
    endpoint: endpointName,
    intent: z.enum(['Created', 'Started', 'Stopped', 'Completed', 'Removing']),
    createdBy: z.string(),
    createdAt: time,
    startedAt: time.exactOptional(),
    every: z.number(),
    trash: z.enum(['copy', 'skip']),
    exclude: z.array(z.string()),
  }),
};

export const USER: Codec<MigrationUser> = {
  name: 'user',
  schema: z.looseObject({
    address: userAddress,
    guid: z.string(),
    batch: batchName,
    userName: z.string(),
    status: userStatus,
    target: z
      .looseObject({
        id: z.string(),
        displayName: z.string(),
        kind: z.enum(['user', 'shared', 'room', 'equipment', 'linked', 'others']),
      })
      .exactOptional(),
    error: failure.exactOptional(),
    queuedAt: time.exactOptional(),
    lastSuccessfulSyncAt: time.exactOptional(),
    nextSyncAt: time.exactOptional(),
    delays: count.exactOptional(),
    syncRequested: z.boolean().exactOptional(),
    epoch: count,
    warnings: z.array(z.string()),
  }),
};

const scoreReason = z.looseObject({
  kind: z.enum(['metadata', 'missing', 'books']),
  count: z.number(),
  text: z.string(),
});

export const PROGRESS: Codec<UserProgress> = {
  name: 'progress',
  schema: z.looseObject({
    items,
    bytesTransferred: z.number(),
    estimatedTotalSize: z.number(),
    itemsPerSecond: z.number(),
    bytesPerSecond: z.number(),
    reasons: z.array(scoreReason),
    startedAt: time,
    updatedAt: time,
    bottleneck: z.enum(['source', 'target', 'budget']).exactOptional(),
  }),
};

export const FOLDERS: Codec<readonly FolderBooks[]> = {
  name: 'folders',
  schema: z.array(
    z.looseObject({
      source: z.string(),
      target: z.string(),
      items,
      bytes: z.number(),
      verifiedInTarget: z.number().exactOptional(),
      error: failure.exactOptional(),
    }),
  ),
};

export const SKIPPED: Codec<readonly SkippedItem[]> = {
  name: 'skipped items',
  schema: z.array(
    z.looseObject({
      folder: z.string(),
      uid: count,
      size: z.number(),
      kind: z.enum(['corrupt', 'large', 'missing', 'refused']),
      code: z.string(),
      reason: z.string(),
      subject: z.string().exactOptional(),
      from: z.string().exactOptional(),
      date: time.exactOptional(),
    }),
  ),
};

export const CHECK: Codec<BatchCheck> = {
  name: 'check',
  schema: z.looseObject({
    batch: batchName,
    request: z.string(),
    startedAt: time,
    finishedAt: time.exactOptional(),
    users: count,
    checked: count,
    ready: count,
    items: z.number(),
    bytes: z.number(),
    folders: z.number(),
    largestItem: z.number(),
    problems: z.array(z.looseObject({ user: userAddress, error: failure })),
    notes: z.array(
      z.looseObject({
        kind: z.enum(['oversize', 'renamed-folder', 'large-mailbox', 'clear-text']),
        count: z.number(),
        text: z.string(),
      }),
    ),
  }),
};

/** Reads a stored value. Throws StateUnavailable, naming the kind of record only, when it is damaged or foreign. */
export function decode<Value>(codec: Codec<Value>, text: string): Value {
  const read = codec.schema.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new MigrationError('StateUnavailable', { detail: `a stored record (${codec.name}) is damaged` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
