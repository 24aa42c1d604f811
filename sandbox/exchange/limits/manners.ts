/** How the caller behaved on one mailbox. Bytes are wire bytes of request bodies. */
export interface MailboxManners {
  readonly requests: number;
  readonly requestsByMethod: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly bytesByMethod: Readonly<Record<string, number>>;
  /** Most requests in flight at one time, refused ones included. */
  readonly maxConcurrency: number;
  /** 429 answers, whoever asked for them: limits or fault rules. */
  readonly throttled: number;
  /** Requests that came although an earlier 429 or 503 had asked to stay away longer. */
  readonly insideRetryAfter: number;
}

interface Counters {
  requests: number;
  requestsByMethod: Record<string, number>;
  bytes: number;
  bytesByMethod: Record<string, number>;
  maxConcurrency: number;
  throttled: number;
  insideRetryAfter: number;
  inFlight: number;
  restFrom: number;
  restUntil: number;
}

/** An answer needs a moment to reach the caller: what was already on its way is not bad manners. */
const GRACE_MS = 200;
/** Timers may fire this much early. */
const TIMER_SLACK_MS = 2;

/** Counts, per mailbox id, what a well-behaved client must not do (invariant: at most 4 at once, never inside a Retry-After). */
export class Manners {
  readonly #mailboxes = new Map<string, Counters>();

  arrive(mailbox: string, method: string, now: number): void {
    const counters = this.#of(mailbox);
    counters.requests += 1;
    counters.requestsByMethod[method] = (counters.requestsByMethod[method] ?? 0) + 1;
    counters.inFlight += 1;
    counters.maxConcurrency = Math.max(counters.maxConcurrency, counters.inFlight);
    if (now > counters.restFrom && now < counters.restUntil) counters.insideRetryAfter += 1;
  }

  upload(mailbox: string, method: string, bytes: number): void {
    const counters = this.#of(mailbox);
    counters.bytes += bytes;
    counters.bytesByMethod[method] = (counters.bytesByMethod[method] ?? 0) + bytes;
  }

  leave(mailbox: string): void {
    this.#of(mailbox).inFlight -= 1;
  }

  /** Notes an answer that asked for rest; `retryAfter` in ms, undefined when it named no time. */
  askedForRest(mailbox: string, status: number, retryAfter: number | undefined, now: number): void {
    const counters = this.#of(mailbox);
    if (status === 429) counters.throttled += 1;
    if (retryAfter === undefined || now + retryAfter <= counters.restUntil) return;
    if (now >= counters.restUntil) counters.restFrom = now + GRACE_MS;
    counters.restUntil = now + retryAfter - TIMER_SLACK_MS;
  }

  of(mailbox: string): MailboxManners {
    return view(this.#mailboxes.get(mailbox) ?? newCounters());
  }

  all(): ReadonlyMap<string, MailboxManners> {
    return new Map([...this.#mailboxes].map(([mailbox, counters]) => [mailbox, view(counters)]));
  }

  /** Starts counting anew; requests in flight stay known. */
  reset(): void {
    for (const [mailbox, { inFlight }] of this.#mailboxes)
      this.#mailboxes.set(mailbox, { ...newCounters(), inFlight, maxConcurrency: inFlight });
  }

  #of(mailbox: string): Counters {
    const known = this.#mailboxes.get(mailbox);
    if (known) return known;
    const fresh = newCounters();
    this.#mailboxes.set(mailbox, fresh);
    return fresh;
  }
}

function newCounters(): Counters {
  return {
    requests: 0,
    requestsByMethod: {},
    bytes: 0,
    bytesByMethod: {},
    maxConcurrency: 0,
    throttled: 0,
    insideRetryAfter: 0,
    inFlight: 0,
    restFrom: 0,
    restUntil: 0,
  };
}

function view({
  requests,
  requestsByMethod,
  bytes,
  bytesByMethod,
  maxConcurrency,
  throttled,
  insideRetryAfter,
}: Counters): MailboxManners {
  return {
    requests,
    bytes,
    maxConcurrency,
    throttled,
    insideRetryAfter,
    requestsByMethod: { ...requestsByMethod },
    bytesByMethod: { ...bytesByMethod },
  };
}
