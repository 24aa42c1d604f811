import { createHash } from 'node:crypto';

/**
 * JSON in its one canonical form (RFC 8785, JCS): members sorted by their UTF-16 code units, no white space, strings and
 * numbers as ECMAScript writes them. Half a surrogate pair, which RFC 8785 forbids, becomes U+FFFD. Throws a TypeError
 * for what JSON does not know: NaN, infinities, functions.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JSON does not know ${typeof value}`);
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => [key.toWellFormed(), each] as const)
    // Not localeCompare: the order is that of the code units, the same on every machine.
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** SHA-256 of a text or of bytes, in lower-case hex as `sha256sum` prints it. */
export function sha256Of(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
