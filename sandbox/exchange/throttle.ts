import { GraphProblem } from './graph-reply.ts';

/** Limits of the Outlook service per app and mailbox. Windows in ms. */
export interface Limits {
  readonly concurrent: number;
  readonly requests: number;
  readonly requestWindow: number;
  readonly bytes: number;
  readonly byteWindow: number;
}

export const REAL_LIMITS: Limits = {
  concurrent: 4,
  requests: 10_000,
  requestWindow: 600_000,
  bytes: 150 * 1024 * 1024,
  byteWindow: 300_000,
};

/** How a client behaved towards one mailbox. */
export interface MailboxManners {
  readonly requests: number;
  readonly refused: number;
  readonly mostConcurrent: number;
  readonly duringRest: number;
  readonly bytes: number;
  readonly writes: number;
}

/** ms: requests that were under way when the answer "rest" was sent are not held against the client. */
const UNDER_WAY = 100;

interface Account {
  running: number;
  restSince: number;
  restUntil: number;
  readonly requests: number[];
  readonly uploads: { at: number; bytes: number }[];
  manners: { -readonly [Key in keyof MailboxManners]: MailboxManners[Key] };
}

/** Counts requests, bytes and concurrency of every mailbox and refuses what is over the limits, as Graph does. */
export class Throttle {
  readonly #accounts = new Map<string, Account>();
  readonly #limits: Limits | undefined;

  constructor(limits: Limits | undefined) {
    this.#limits = limits;
  }

  /** Lets a request in, or throws 429. Requests made while the mailbox rests count as well. */
  enter(mailbox: string, method: string, bytes: number): () => void {
    const account = this.#account(mailbox);
    const now = Date.now();
    const upload = method === 'POST' || method === 'PATCH' || method === 'PUT' ? bytes : 0;
    account.manners.requests += 1;
    account.manners.bytes += upload;
    if (method !== 'GET') account.manners.writes += 1;
    if (now > account.restSince + UNDER_WAY && now < account.restUntil) account.manners.duringRest += 1;
    if (this.#limits !== undefined) this.#check(account, this.#limits, upload, now);
    account.running += 1;
    account.manners.mostConcurrent = Math.max(account.manners.mostConcurrent, account.running);
    return () => {
      account.running -= 1;
    };
  }

  manners(mailbox: string): MailboxManners {
    return { ...this.#account(mailbox).manners };
  }

  /** A fault switch told a client to rest: from now on it is watched whether it does. */
  expectRest(mailbox: string, ms: number): void {
    this.#rest(this.#account(mailbox), ms);
  }

  #check(account: Account, limits: Limits, upload: number, now: number): void {
    while ((account.requests[0] ?? now) < now - limits.requestWindow) account.requests.shift();
    while ((account.uploads[0]?.at ?? now) < now - limits.byteWindow) account.uploads.shift();
    account.requests.push(now);
    const bytes = account.uploads.reduce((sum, each) => sum + each.bytes, 0) + upload;
    account.uploads.push({ at: now, bytes: upload });
    if (account.running >= limits.concurrent) this.#refuse(account, 'MailboxConcurrency', 1000);
    if (account.requests.length > limits.requests)
      this.#refuse(account, 'RequestRate', (account.requests[0] ?? now) + limits.requestWindow - now);
    if (bytes > limits.bytes)
      this.#refuse(account, 'UploadRate', (account.uploads[0]?.at ?? now) + limits.byteWindow - now);
  }

  #refuse(account: Account, limit: string, wait: number): never {
    account.manners.refused += 1;
    this.#rest(account, wait);
    const seconds = (Math.max(1, wait) / 1000).toFixed(3);
    throw new GraphProblem(429, 'ApplicationThrottled', `Application is over its ${limit} limit.`, {
      'Retry-After': seconds,
    });
  }

  #rest(account: Account, ms: number): void {
    account.restSince = Date.now();
    account.restUntil = account.restSince + ms;
  }

  #account(mailbox: string): Account {
    const known = this.#accounts.get(mailbox);
    if (known !== undefined) return known;
    const manners = { requests: 0, refused: 0, mostConcurrent: 0, duringRest: 0, bytes: 0, writes: 0 };
    const created: Account = { running: 0, restSince: 0, restUntil: 0, requests: [], uploads: [], manners };
    this.#accounts.set(mailbox, created);
    return created;
  }
}
