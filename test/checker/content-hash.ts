import { createHash } from 'node:crypto';

/** SHA-256 of the bytes. */
export function exactHash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The same without regard to the kind of line ends: all that mail promises for content that is not sent as base64. */
export function lineHash(content: Buffer): string {
  const lines = content.toString('latin1').replaceAll('\r\n', '\n').replace(/\n+$/, '');
  return `lines ${createHash('sha256').update(lines, 'latin1').digest('hex')}`;
}
