import { parseBatchName, parseEndpointName, parseUserAddress } from '../engine/domain/ids.ts';
import type { JobName, Jobs } from '../engine/ports.ts';

type Readers = { readonly [Name in JobName]: (data: Readonly<Record<string, unknown>>) => Jobs[Name] | undefined };

const READERS: Readers = {
  'schedule-syncs': () => ({}),
  'sync-mailbox': (data) => {
    const user = own(data['user'], parseUserAddress);
    return user === undefined ? undefined : { user };
  },
  'check-batch': (data) => {
    const batch = own(data['batch'], parseBatchName);
    const request = own(data['request'], parseRequest);
    return batch === undefined || request === undefined ? undefined : { batch, request };
  },
  'test-endpoint': (data) => {
    const endpoint = own(data['endpoint'], parseEndpointName);
    const request = own(data['request'], parseRequest);
    return endpoint === undefined || request === undefined ? undefined : { endpoint, request };
  },
};

/**
 * Reads the payload of a job as it came back from Redis; undefined when it is not what Bellhop writes. Whoever can write
 * to Redis must not be able to hand other values to a worker.
 */
export function readPayload<Name extends JobName>(name: Name, data: unknown): Jobs[Name] | undefined {
  return typeof data === 'object' && data !== null ? READERS[name]({ ...data }) : undefined;
}

// Only the canonical spelling: what is read is what was written.
function own<Value extends string>(text: unknown, parse: (text: string) => Value | undefined): Value | undefined {
  const value = typeof text === 'string' ? parse(text) : undefined;
  return value === text ? value : undefined;
}

function parseRequest(text: string): string | undefined {
  return /^[\w-]{1,64}$/.test(text) ? text : undefined;
}
