import type { Actor } from '../../src/engine/domain/actor.ts';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import {
  type BatchName,
  type EndpointName,
  type UserAddress,
  parseBatchName,
  parseEndpointName,
  parseUserAddress,
} from '../../src/engine/domain/ids.ts';
import type { Cutover } from '../../src/engine/domain/cutover.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import type { MigrationBatch } from '../../src/engine/domain/migration-batch.ts';
import type { MigrationUser } from '../../src/engine/domain/migration-user.ts';
import type { UserProgress } from '../../src/engine/domain/progress.ts';

/** Who does things in the suites. */
export const OPERATOR: Actor = { id: '0a11ce00-0000-4000-8000-000000000001', name: 'Operator A' };

/** Small valid records for the contract suites. */
export function address(text: string): UserAddress {
  return must(parseUserAddress(text));
}

export function batchName(text: string): BatchName {
  return must(parseBatchName(text));
}

export function endpointName(text: string): EndpointName {
  return must(parseEndpointName(text));
}

export function sampleCutover(batch: string, more: Partial<Cutover> = {}): Cutover {
  return {
    batch: batchName(batch),
    domain: 'contoso.example',
    settle: 72 * 3_600_000,
    startedBy: OPERATOR.name,
    startedAt: 1,
    state: 'verify-domain',
    since: 1,
    history: [],
    late: [],
    lateCount: 0,
    users: 3,
    checks: [],
    answered: [],
    ...more,
  };
}

export function sampleEndpoint(name: string): MigrationEndpoint {
  return {
    name: endpointName(name),
    host: 'imap.contoso.example',
    port: 993,
    security: 'tls',
    login: 'plain',
    initial: 20,
    incremental: 10,
  };
}

export function sampleBatch(name: string, changes: Partial<MigrationBatch> = {}): MigrationBatch {
  return {
    name: batchName(name),
    endpoint: endpointName('old-server'),
    intent: 'Created',
    createdBy: 'Operator A',
    createdAt: 1_790_000_000_000,
    every: 86_400_000,
    trash: 'copy',
    exclude: [],
    ...changes,
  };
}

export function sampleUser(user: string, batch: string, changes: Partial<MigrationUser> = {}): MigrationUser {
  return {
    address: address(user),
    guid: `guid-${user}`,
    batch: batchName(batch),
    userName: user,
    status: 'Validating',
    epoch: 0,
    warnings: [],
    ...changes,
  };
}

export function sampleProgress(copied: number): UserProgress {
  return {
    items: { ...NO_ITEMS, source: copied, copied },
    bytesTransferred: copied * 1000,
    estimatedTotalSize: copied * 1000,
    itemsPerSecond: 12.5,
    bytesPerSecond: 12_500,
    reasons: [{ kind: 'metadata', count: 1, text: 'a header' }],
    startedAt: 1_790_000_000_000,
    updatedAt: 1_790_000_001_000,
  };
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a sample name is not valid');
  return value;
}
