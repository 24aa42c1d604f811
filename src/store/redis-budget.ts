import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { BudgetPlace, Clock, TargetBudget } from '../engine/ports.ts';
import type { BudgetLimits } from './budget-limits.ts';
import { budgetScripts } from './budget-scripts.ts';
import { HEARTBEAT, lifeSign } from './life-sign.ts';

/** A longer wait than this is not waited out: the worker turns to another mailbox. Coming back costs a sign-in and a look at every folder. */
const PATIENCE = 15_000;
/** Requests about no mailbox share a budget of their own. */
const DIRECTORY = 'directory';
const DIRECTORY_PLACES = 16;

/**
 * The budget of every target mailbox and of the tenant, shared by all workers through Redis. Never above the published
 * ceilings; below them after a refusal, growing back from there. `timeScale` shortens the windows in a sandbox.
 */
export function redisBudget(redis: Redis, clock: Clock, limits: BudgetLimits, timeScale: number): TargetBudget {
  const scripts = budgetScripts(redis, timeScale);
  const life = lifeSign(redis, clock);
  /** What this process was told itself, in effect before Redis has heard of it (ms since 1970 by budget). */
  const resting = new Map<string, number>();

  function restOf(budget: string): number {
    const ms = (resting.get(budget) ?? 0) - clock.now();
    if (ms <= 0) resting.delete(budget);
    return Math.max(0, ms);
  }

  async function rest(budget: string, ms: number): Promise<void> {
    resting.set(budget, Math.max(resting.get(budget) ?? 0, clock.now() + ms));
    await scripts.rest(budget, ms);
  }

  return {
    async enter(mailboxId, uploadBytes, signal, watch, requests = 1): Promise<BudgetPlace> {
      const budget = mailboxId ?? DIRECTORY;
      const ceilings = mailboxId === undefined ? directoryLimits(limits) : limits;
      const holder = `${life.processId}/${randomUUID()}`;
      await life.say(HEARTBEAT);
      for (;;) {
        signal.throwIfAborted();
        const answer = restOf(budget) || (await scripts.enter(budget, holder, { uploadBytes, requests }, ceilings));
        if (answer === 0) {
          // One turn of the loop: an answer that is already here is heard before the next request is sent.
          await setImmediate();
          if (restOf(budget) === 0) break;
          await scripts.leave(budget, holder);
          continue;
        }
        if (answer > PATIENCE) throw new MigrationError('TargetThrottled', {}, { retryAt: clock.now() + answer });
        const wait = (): Promise<void> => clock.sleep(Math.abs(answer), signal);
        await (watch === undefined ? wait() : watch.during('budget', wait));
      }
      life.hold(1);
      let inside = true;
      return {
        async leave() {
          if (!inside) return;
          inside = false;
          life.hold(-1);
          await scripts.leave(budget, holder);
        },
      };
    },
    rest: (mailboxId, ms) => rest(mailboxId ?? DIRECTORY, ms),
    async throttled(mailboxId, ms) {
      const budget = mailboxId ?? DIRECTORY;
      await Promise.all([rest(budget, ms), scripts.throttled(budget, ms, limits)]);
    },
  };
}

function directoryLimits(limits: BudgetLimits): BudgetLimits {
  const { directoryRequests: requests, tenantWindow: requestWindow } = limits;
  return { ...limits, places: DIRECTORY_PLACES, requests, requestWindow };
}

/** No limits at all: for measuring the rest of the way against a local target. */
export function unlimitedBudget(): TargetBudget {
  const place: BudgetPlace = { leave: async () => undefined };
  return { enter: async () => place, rest: async () => undefined, throttled: async () => undefined };
}
