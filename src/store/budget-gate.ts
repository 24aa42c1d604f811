import type { Redis } from 'ioredis';
import type { BudgetAnswer } from './budget-script.ts';
import { budgetKeys } from './keys.ts';
import { ask } from './redis-failure.ts';

/** What the script needs to know about ceilings; windows in ms, already cut into slots. */
export interface Ceilings {
  readonly places: number;
  readonly placeMs: number;
  readonly requests: number;
  readonly requestSlotMs: number;
  readonly bytes: number;
  readonly byteSlotMs: number;
}

/** A place that is taken, and where its request was booked. */
export interface Lease {
  readonly id: string;
  readonly bytes: number;
  readonly requestSlot: number;
  readonly byteSlot: number;
}

export type Admission = { readonly lease: Lease } | { readonly why: string; readonly wait: number };

/** The script, with its arguments in order. */
export interface BudgetGate {
  /** Leaves `former`, if any, and tries to enter, in one round trip. `wait` in ms; 0 when only a place is missing. */
  enter(id: string, bytes: number, former: Lease | undefined): Promise<Admission>;
  leave(lease: Lease): Promise<void>;
  rest(ms: number): Promise<void>;
}

export function budgetGate(redis: Redis, mailboxId: string, ceilings: Ceilings): BudgetGate {
  const keys = budgetKeys(mailboxId);
  const { places, placeMs, requests, requestSlotMs, bytes, byteSlotMs } = ceilings;

  function run(former: Lease | undefined, id: string, upload: number, rest: number): Promise<BudgetAnswer> {
    const leaving =
      former === undefined ? ['', 0, 0, 0] : [former.id, former.bytes, former.requestSlot, former.byteSlot];
    const limits = [places, placeMs, requests, requestSlotMs, bytes, byteSlotMs];
    return ask(redis.bellhopBudget(...keys, ...leaving, id, upload, ...limits, rest));
  }

  return {
    async enter(id, upload, former) {
      const [why, wait, requestSlot, byteSlot] = await run(former, id, upload, 0);
      if (why !== '') return { why, wait: why === 'places' ? 0 : wait };
      return { lease: { id, bytes: upload, requestSlot, byteSlot } };
    },
    async leave(lease) {
      await run(lease, '', 0, 0);
    },
    async rest(ms) {
      await run(undefined, '', 0, Math.ceil(ms));
    },
  };
}
