import type { Delivery } from './chat-port.ts';

const SHORT_PAUSE = 5_000;
const CONNECTION_PAUSE = 15_000;
const LONGEST_PAUSE = 600_000;
/** Errors before anything was sent: nobody can have taken the message. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What an error of the connector means for a message. The limits of Teams come as 429, sometimes without Retry-After; 412
 * is refused before it is done (Microsoft: retry); 502 and 504 leave it open whether the message exists.
 */
export function deliveryOf(error: unknown, what: 'post' | 'edit'): Delivery {
  const status = numberAt(error, 'statusCode');
  switch (status) {
    case 429:
      return { outcome: 'later', after: retryAfter(error) ?? SHORT_PAUSE };
    case 412:
      return { outcome: 'later', after: SHORT_PAUSE };
    case 404:
      return { outcome: what === 'edit' ? 'gone' : 'closed' };
    case 401:
    case 403:
      return { outcome: 'closed' };
  }
  if (NOT_SENT.has(textAt(error, 'code'))) return { outcome: 'later', after: CONNECTION_PAUSE };
  return { outcome: 'unknown' };
}

/** Retry-After of an error in ms: seconds, or a date (RFC 9110). */
export function retryAfter(error: unknown): number | undefined {
  const headers = valueAt(valueAt(error, 'response'), 'headers');
  const get = valueAt(headers, 'get');
  const value: unknown = typeof get === 'function' ? get.call(headers, 'retry-after') : valueAt(headers, 'retry-after');
  const seconds = Number(value);
  return typeof value === 'string' && Number.isFinite(seconds)
    ? Math.min(LONGEST_PAUSE, Math.max(0, seconds) * 1000)
    : undefined;
}

function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function numberAt(value: unknown, name: string): number {
  const found = valueAt(value, name);
  return typeof found === 'number' ? found : 0;
}

function textAt(value: unknown, name: string): string {
  const found = valueAt(value, name);
  return typeof found === 'string' ? found : '';
}
