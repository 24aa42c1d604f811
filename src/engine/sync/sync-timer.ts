import { CeilingMeter, type CeilingUse } from '../domain/ceilings.ts';
import { type Activity, NO_TIME, type SpentTime, addTime, causeOf, chargeBusyLoop } from '../domain/spent-time.ts';
import type { WaitWatch } from '../ports.ts';

/** The event loop is looked at over stretches of at least so many ms. */
const STRETCH = 500;

export interface TimerOptions {
  readonly now: () => number;
  /** ms in which the event loop had work, since the process began. */
  readonly busy: () => number;
  readonly timeScale: number;
  /** When a worker took the user (ms since 1970), and what it had waited until then. */
  readonly begunAt: number;
  readonly waited: SpentTime;
}

/**
 * Where the time of one sync goes: every moment is given to the cause that `causeOf` names, so that all of them add up
 * to the time that passed since the user was due.
 */
export class SyncTimer implements WaitWatch {
  readonly #options: TimerOptions;
  readonly #doing: { -readonly [What in keyof Activity]: number } = { source: 0, target: 0, budget: 0, idle: 0 };
  #spent: SpentTime;
  /** Since the event loop was looked at last. */
  #stretch: SpentTime = NO_TIME;
  #stretchAt: number;
  #busyAt: number;
  #at: number;
  #requests = 0;
  #uploaded = 0;
  #meter: CeilingMeter;

  constructor(options: TimerOptions) {
    this.#options = options;
    this.#spent = options.waited;
    this.#at = options.begunAt;
    this.#stretchAt = this.#at;
    this.#busyAt = options.busy();
    this.#meter = new CeilingMeter(options.timeScale);
  }

  /** What an earlier sync of the mailbox used of its ceilings, and when. */
  follow(before: CeilingUse & { readonly at: number }): void {
    this.#meter = new CeilingMeter(this.#options.timeScale, before);
  }

  async during<Result>(what: keyof Activity, work: () => Promise<Result>): Promise<Result> {
    this.#settle();
    this.#doing[what] += 1;
    try {
      return await work();
    } finally {
      this.#settle();
      this.#doing[what] -= 1;
    }
  }

  requested(uploadBytes: number, requests: number): void {
    this.#requests += requests;
    this.#uploaded += uploadBytes;
    this.#meter.add(this.#options.now(), uploadBytes, requests);
  }

  /** Requests sent to the target, and bytes uploaded with them, since the sync began. */
  get sent(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#requests, bytes: this.#uploaded };
  }

  ceiling(): CeilingUse {
    return this.#meter.use(this.#options.now());
  }

  /** Until then, by cause. */
  spent(now = this.#options.now()): SpentTime {
    this.#settle(now);
    return addTime(this.#spent, this.#stretch);
  }

  #settle(now = this.#options.now()): void {
    const cause = causeOf(this.#doing);
    this.#stretch = { ...this.#stretch, [cause]: this.#stretch[cause] + now - this.#at };
    this.#at = now;
    const length = now - this.#stretchAt;
    if (length < STRETCH) return;
    const busy = this.#options.busy();
    this.#spent = addTime(this.#spent, chargeBusyLoop(this.#stretch, (busy - this.#busyAt) / length));
    this.#stretch = NO_TIME;
    this.#stretchAt = now;
    this.#busyAt = busy;
  }
}
