import { MigrationError } from '../engine/domain/failure.ts';
import { parseBatchName, parseEndpointName, parseUserAddress } from '../engine/domain/ids.ts';
import type { JobName, Jobs } from '../engine/ports.ts';

/** A field of what was read from Redis, checked: who can write there must not gain more than a refused job. */
function field(data: unknown, name: string): string {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
  if (typeof value !== 'string') throw new MigrationError('StateUnavailable', { detail: 'a job is damaged' });
  return value;
}

function count(data: unknown, name: string): number {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
  if (!Number.isSafeInteger(value) || Number(value) < 0)
    throw new MigrationError('StateUnavailable', { detail: 'a job is damaged' });
  return Number(value);
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new MigrationError('StateUnavailable', { detail: 'a job is damaged' });
  return value;
}

const READERS: { readonly [Name in JobName]: (data: unknown) => Jobs[Name] } = {
  'schedule-syncs': () => ({}),
  'sync-mailbox': (data) => ({ user: known(parseUserAddress(field(data, 'user'))) }),
  'watch-mailboxes': (data) => ({
    endpoint: known(parseEndpointName(field(data, 'endpoint'))),
    place: count(data, 'place'),
  }),
  'check-batch': (data) => ({ batch: known(parseBatchName(field(data, 'batch'))), request: field(data, 'request') }),
  'plan-mailbox': (data) => ({
    user: known(parseUserAddress(field(data, 'user'))),
    request: field(data, 'request'),
  }),
  'probe-mail': (data) => ({ user: known(parseUserAddress(field(data, 'user'))), request: field(data, 'request') }),
  'verify-mailbox': (data) => ({
    user: known(parseUserAddress(field(data, 'user'))),
    request: field(data, 'request'),
  }),
  'check-cutover': (data) => ({ batch: known(parseBatchName(field(data, 'batch'))), request: field(data, 'request') }),
  'find-late-mail': (data) => ({ batch: known(parseBatchName(field(data, 'batch'))) }),
  'test-endpoint': (data) => ({
    endpoint: known(parseEndpointName(field(data, 'endpoint'))),
    request: field(data, 'request'),
  }),
};

/** Reads the payload of a job. Throws StateUnavailable when it is not one of ours. */
export function readPayload<Name extends JobName>(name: Name, data: unknown): Jobs[Name] {
  return READERS[name](data);
}
