import type { FailureCode } from './failure.ts';
import type { BatchName, UserAddress } from './ids.ts';

/** A real mail to a user, sent as the world sends it, and where it came out. Times in ms since 1970, UTC. */
export interface Probe {
  readonly user: UserAddress;
  readonly batch: BatchName;
  readonly request: string;
  /** Of one that waits for a worker: when it was asked for. */
  readonly sentAt: number;
  /** The host mail of the domain goes to now; absent when the DNS names none. */
  readonly host?: string;
  readonly outcome: 'waiting' | 'taken' | 'refused' | 'unreachable' | 'no-mx';
  /** What the host said last, or why it was not reached. */
  readonly reply: string;
  /** Whether the way to the host was encrypted. */
  readonly encrypted: boolean;
  /** Mailboxes it was found in, and after how many ms. */
  readonly arrivals: readonly { readonly where: 'source' | 'target'; readonly after: number }[];
  /** Mailboxes nobody could look into, and why. */
  readonly blind: readonly { readonly where: 'source' | 'target'; readonly reason: FailureCode }[];
  readonly finished: boolean;
}

/** Found again by this, wherever forwarding takes it. */
export function probeId(request: string, from: string): string {
  return `<bellhop-probe-${request}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** The mail itself (RFC 5322): no secret, no tracking, nothing to answer to. `at` in ms since 1970. */
export function probeMessage({
  from,
  to,
  request,
  at,
}: Readonly<Record<'from' | 'to' | 'request', string>> & { readonly at: number }): string {
  return [
    `From: Bellhop <${from}>`,
    `To: <${to}>`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${probeId(request, from)}`,
    'Subject: Test of mail delivery during the migration',
    // Nobody's absence is to answer it (RFC 3834).
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    '',
    'Your administrators test whether mail reaches you while your mailbox is being moved.',
    'You may delete this message.',
    '',
  ].join('\r\n');
}

/** An address that can stand in a dialogue with a mail server: nothing that ends a line or a path (RFC 5321 section 4.1.2). */
export function isPlainAddress(address: string): boolean {
  return /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9.-]{1,255}$/i.test(address);
}
