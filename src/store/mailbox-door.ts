import { MigrationError } from '../engine/domain/failure.ts';
import type { BudgetPlace, Clock, Logger } from '../engine/ports.ts';
import type { BudgetGate, Lease } from './budget-gate.ts';
import { redisFailureCode } from './redis-failure.ts';

/** Those of this process that want to enter one mailbox, served in the order they came. */
export interface MailboxDoor {
  enter(uploadBytes: number, signal: AbortSignal): Promise<BudgetPlace>;
  /** Nobody is inside or waiting. */
  isIdle(): boolean;
}

export interface DoorSettings {
  readonly gate: BudgetGate;
  readonly places: number;
  /** How long somebody waits for the mailbox (not for places this process holds itself), in ms. */
  readonly patience: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newLeaseId: () => string;
}

interface Waiter {
  readonly bytes: number;
  readonly admit: (lease: Lease) => void;
  readonly refuse: (error: unknown) => void;
  /** When its patience ends; counted from its first refusal. */
  until: number | undefined;
}

/** Looks for a place that another process holds: soon at first, five times a second later. In ms. */
const FIRST_LOOK = 15;
const SLOWEST_LOOK = 200;
/** When a place is likely to be free again after patience has ended, in ms. */
const PLACE_AGAIN = 2000;

/**
 * Only the first waiter asks Redis, and only while this process holds fewer places than there are: nobody hammers, and
 * who came first enters first. A place that is left while others wait is handed back in the same round trip that asks
 * for the next.
 */
export function mailboxDoor({ gate, places, patience, clock, log, newLeaseId }: DoorSettings): MailboxDoor {
  const waiting: Waiter[] = [];
  let inside = 0;
  let left: Lease[] = [];
  let serving = false;
  let nap: AbortController | undefined;

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    let looks = 0;
    try {
      for (let first = waiting[0]; first !== undefined && inside < places; first = waiting[0]) {
        looks = (await serveFirst(first, looks)) ? 0 : looks + 1;
      }
    } finally {
      serving = false;
      handBack();
    }
  }

  // True when the first waiter is served, in one way or the other.
  async function serveFirst(first: Waiter, looks: number): Promise<boolean> {
    const former = left.shift();
    try {
      const admission = await gate.enter(newLeaseId(), first.bytes, former);
      if ('lease' in admission) {
        if (!dismiss(first)) left.push(admission.lease);
        else {
          inside += 1;
          first.admit(admission.lease);
        }
        return true;
      }
      return await wait(first, admission.wait, looks);
    } catch (error) {
      if (dismiss(first)) first.refuse(error);
      return true;
    }
  }

  async function wait(first: Waiter, ms: number, looks: number): Promise<boolean> {
    const now = clock.now();
    first.until ??= now + patience;
    const next = ms > 0 ? ms : Math.min(FIRST_LOOK * 2 ** looks, SLOWEST_LOOK);
    if (now + next > first.until) {
      const retryAt = now + (ms > 0 ? ms : PLACE_AGAIN);
      if (dismiss(first)) first.refuse(new MigrationError('TargetThrottled', {}, { retryAt }));
      return true;
    }
    nap = new AbortController();
    await clock.sleep(next, nap.signal).catch(() => undefined);
    nap = undefined;
    return false;
  }

  function dismiss(waiter: Waiter): boolean {
    const at = waiting.indexOf(waiter);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  // Not waited for: a place that could not be handed back runs out by itself.
  function handBack(): void {
    const all = left;
    left = [];
    for (const lease of all) {
      gate
        .leave(lease)
        .catch((error: unknown) => log.warn({ code: redisFailureCode(error) }, 'a place runs out by itself'));
    }
  }

  function leave(lease: Lease): void {
    inside -= 1;
    left.push(lease);
    nap?.abort();
    if (waiting.length === 0 && !serving) handBack();
    else void serve();
  }

  function placeOf(lease: Lease): BudgetPlace {
    let taken = true;
    return {
      async leave() {
        if (taken) leave(lease);
        taken = false;
      },
    };
  }

  return {
    isIdle: () => inside === 0 && waiting.length === 0 && left.length === 0 && !serving,
    async enter(bytes, signal) {
      signal.throwIfAborted();
      return await new Promise((resolve, reject) => {
        const giveUp = (): void => {
          if (dismiss(waiter)) reject(signal.reason);
          nap?.abort();
        };
        const waiter: Waiter = {
          bytes,
          until: undefined,
          admit(lease) {
            signal.removeEventListener('abort', giveUp);
            resolve(placeOf(lease));
          },
          refuse(error) {
            signal.removeEventListener('abort', giveUp);
            reject(error);
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(waiter);
        void serve();
      });
    },
  };
}
