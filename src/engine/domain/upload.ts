import type { Actor } from './actor.ts';
import type { BatchName, EndpointName } from './ids.ts';

/** A link is good for this long, in ms. */
export const UPLOAD_LIFETIME = 30 * 60_000;
/** Whoever needs more tries than this asks for another link. */
export const MOST_TRIES = 30;

/** What a one-time upload link is for, and for whom. Times are ms since 1970, UTC. */
export interface UploadTicket {
  readonly batch: BatchName;
  readonly endpoint: EndpointName;
  /** Who asked for the link: the users come in this name. */
  readonly by: Actor;
  readonly expiresAt: number;
  readonly tries: number;
  /** When a file without problems was taken. */
  readonly usedAt?: number;
}

export type UploadState = 'open' | 'used' | 'expired' | 'exhausted' | 'unknown';

/** Whether a link still takes a file, and if not, why. */
export function uploadState(ticket: UploadTicket | undefined, now: number): UploadState {
  if (ticket === undefined) return 'unknown';
  if (ticket.usedAt !== undefined) return 'used';
  if (now >= ticket.expiresAt) return 'expired';
  return ticket.tries >= MOST_TRIES ? 'exhausted' : 'open';
}
