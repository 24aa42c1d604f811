import { SlidingSum } from './sliding-sum.ts';

/** Published limits of the Outlook service per application and mailbox (Microsoft Graph throttling limits, 2026). */
export const OUTLOOK_LIMITS = {
  concurrentRequests: 4,
  requests: { count: 10_000, windowMs: 600_000 },
  uploadBytes: { count: 150 * 1024 * 1024, windowMs: 300_000 },
} as const;

export type ThrottleReason = 'MailboxConcurrency' | 'RequestCount' | 'UploadBytes';

export interface ThrottleRefusal {
  readonly reason: ThrottleReason;
  /** ms the caller is to stay away. */
  readonly retryAfter: number;
}

/** The budget of one application on one mailbox. Windows slide; `timeScale` makes them shorter. */
export class Throttle {
  readonly #requests: SlidingSum;
  readonly #bytes: SlidingSum;
  readonly #enforced: boolean;
  readonly #timeScale: number;
  readonly #random: () => number;
  #inFlight = 0;

  constructor(options: { readonly enforced: boolean; readonly timeScale: number; readonly random: () => number }) {
    this.#requests = new SlidingSum(OUTLOOK_LIMITS.requests.windowMs / options.timeScale);
    this.#bytes = new SlidingSum(OUTLOOK_LIMITS.uploadBytes.windowMs / options.timeScale);
    this.#enforced = options.enforced;
    this.#timeScale = options.timeScale;
    this.#random = options.random;
  }

  /** Counts an arriving request; a refused one counts too, but holds no place. */
  enter(now: number): ThrottleRefusal | undefined {
    this.#requests.add(now, 1);
    if (this.#enforced) {
      if (this.#inFlight >= OUTLOOK_LIMITS.concurrentRequests) {
        return { reason: 'MailboxConcurrency', retryAfter: (500 + this.#random() * 2500) / this.#timeScale };
      }
      const { count } = OUTLOOK_LIMITS.requests;
      if (this.#requests.total(now) > count)
        return { reason: 'RequestCount', retryAfter: this.#requests.timeUntil(now, count - 1) };
    }
    this.#inFlight += 1;
    return undefined;
  }

  /** Counts the body of an admitted POST, PATCH or PUT, on the wire. */
  upload(now: number, bytes: number): ThrottleRefusal | undefined {
    const { count } = OUTLOOK_LIMITS.uploadBytes;
    const before = this.#bytes.total(now);
    this.#bytes.add(now, bytes);
    if (!this.#enforced || before + bytes <= count) return undefined;
    return { reason: 'UploadBytes', retryAfter: this.#bytes.timeUntil(now, count - bytes) };
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
