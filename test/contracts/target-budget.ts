import { describe, expect, test } from 'vitest';
import type { BudgetPlace, TargetBudget } from '../../src/engine/ports.ts';
import type { BudgetLimits } from '../../src/store/budget-limits.ts';

export interface BudgetUnderTest extends AsyncDisposable {
  /** Opens the budget as one more worker process would. */
  open(limits: Partial<BudgetLimits>): TargetBudget;
  now(): number;
  /** Lets time pass for what was decided so far. */
  pass(ms: number): Promise<void>;
}

const never = new AbortController().signal;

/** What every TargetBudget does. `open` answers one nothing was taken of. */
export function targetBudgetContract(name: string, open: () => Promise<BudgetUnderTest>): void {
  describe(`TargetBudget: ${name}`, () => {
    test('never more than the places are taken, by however many workers', async () => {
      await using world = await open();
      const workers = [world.open({}), world.open({}), world.open({})];
      let inside = 0;
      let most = 0;
      const lane = async (budget: TargetBudget) => {
        for (let at = 0; at < 20; at += 1) {
          const place = await budget.enter('mailbox', 10, never);
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 1));
          inside -= 1;
          await place.leave();
        }
      };

      await Promise.all(workers.flatMap((budget) => [lane(budget), lane(budget), lane(budget)]));

      expect(most).toBe(4);
    });

    test('mailboxes do not wait for each other', async () => {
      await using world = await open();
      const budget = world.open({ places: 1 });
      await budget.enter('one', 0, never);

      await expect(budget.enter('other', 0, never)).resolves.toBeDefined();
    });

    test('a batch takes one place, and every request inside of it counts', async () => {
      await using world = await open();
      const budget = world.open({ requests: 25 });
      const inside = await Promise.all(
        [10, 10].map((requests) => budget.enter('mailbox', 0, never, undefined, requests)),
      );

      await expect(budget.enter('mailbox', 0, never, undefined, 10)).rejects.toMatchObject({ code: 'TargetThrottled' });
      await expect(budget.enter('mailbox', 0, never, undefined, 5)).resolves.toBeDefined();
      for (const place of inside) await place.leave();
    });

    test('no window of the server holds more requests than the ceiling, nor more bytes', async () => {
      await using world = await open();
      const limits = { requests: 200, requestWindow: 1500, bytes: 60_000, byteWindow: 1500 };
      const workers = [world.open(limits), world.open(limits)];
      // Each took its share at some moment between these two, whatever the machine was busy with.
      const entered: { readonly before: number; readonly after: number; readonly bytes: number }[] = [];
      const until = world.now() + 3500;
      const lane = async (budget: TargetBudget, bytes: number) => {
        while (world.now() < until) {
          const before = world.now();
          const place = await budget.enter('mailbox', bytes, never);
          entered.push({ before, after: world.now(), bytes });
          await new Promise((resolve) => setTimeout(resolve, 2));
          await place.leave();
        }
      };

      await Promise.all(workers.flatMap((budget) => [lane(budget, 50), lane(budget, 700)]));

      expect(entered.length).toBeGreaterThan(100);
      for (const { before: start } of entered) {
        const certain = entered.filter(({ before, after }) => before >= start && after <= start + 1500);
        expect(certain.length).toBeLessThanOrEqual(200);
        expect(certain.reduce((sum, each) => sum + each.bytes, 0)).toBeLessThanOrEqual(60_000);
      }
    });

    test('no window of the tenant holds more requests than its ceiling, whichever mailboxes they are for', async () => {
      await using world = await open();
      const limits = { tenantRequests: 150, tenantWindow: 1000 };
      const workers = [world.open(limits), world.open(limits)];
      const entered: { readonly before: number; readonly after: number }[] = [];
      const until = world.now() + 2500;
      const lane = async (budget: TargetBudget, mailbox: string | undefined) => {
        while (world.now() < until) {
          const before = world.now();
          const place = await budget.enter(mailbox, 0, never);
          entered.push({ before, after: world.now() });
          await place.leave();
        }
      };

      await Promise.all(workers.flatMap((budget) => ['one', 'other', undefined].map((each) => lane(budget, each))));

      expect(entered.length).toBeGreaterThan(150);
      for (const { before: start } of entered) {
        const certain = entered.filter(({ before, after }) => before >= start && after <= start + 1000);
        expect(certain.length).toBeLessThanOrEqual(150);
      }
    });

    test('a refusal leaves fewer places and fewer requests, to every worker', async () => {
      await using world = await open();
      const [one, other] = [world.open({ requests: 20 }), world.open({ requests: 20 })];
      await one.throttled('mailbox', 1);

      const places = [await other.enter('mailbox', 0, never), await one.enter('mailbox', 0, never)];
      places.push(await other.enter('mailbox', 0, never));
      await expect(other.enter('mailbox', 0, AbortSignal.timeout(150))).rejects.toBeDefined();
      for (const place of places) await place.leave();
      for (let at = places.length; at < 14; at += 1) await (await one.enter('mailbox', 0, never)).leave();

      await expect(other.enter('mailbox', 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
      await expect(other.enter('another mailbox', 0, never)).resolves.toBeDefined();
    });

    test('refusals of requests that were under way together are one', async () => {
      await using world = await open();
      const budget = world.open({});
      await Promise.all([1, 2, 3, 4].map(() => budget.throttled('mailbox', 1)));

      const places = await Promise.all([1, 2, 3].map(() => budget.enter('mailbox', 0, never)));

      for (const place of places) await place.leave();
    });

    test('refused again and again, one place is left', async () => {
      await using world = await open();
      const budget = world.open({});
      for (let at = 0; at < 9; at += 1) {
        await budget.throttled('mailbox', 1);
        await world.pass(1001);
      }

      const place = await budget.enter('mailbox', 0, never);

      await expect(budget.enter('mailbox', 0, AbortSignal.timeout(150))).rejects.toBeDefined();
      await place.leave();
    });

    test('a budget that was cut grows back, and never above its ceiling', async () => {
      await using world = await open();
      const budget = world.open({ requests: 50, recovery: 600 });
      await budget.throttled('mailbox', 1);
      await world.pass(5000);

      for (let at = 0; at < 50; at += 1) await (await budget.enter('mailbox', 0, never)).leave();

      await expect(budget.enter('mailbox', 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
    });

    test('refusals of many mailboxes at once slow down the whole tenant', async () => {
      await using world = await open();
      const limits = { tenantRequests: 1000, tenantWindow: 120_000 };
      const [one, other] = [world.open(limits), world.open(limits)];
      for (let at = 0; at < 100; at += 1) await (await one.enter(`mailbox-${at}`, 0, never)).leave();

      for (let at = 0; at < 4; at += 1) await one.throttled(`mailbox-${at}`, 1);
      await expect(other.enter('bystander', 0, never)).resolves.toBeDefined();
      await one.throttled('mailbox-4', 1);

      await expect(other.enter('bystander', 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
    });

    test('requests about no mailbox have a budget of their own', async () => {
      await using world = await open();
      const budget = world.open({ directoryRequests: 5, tenantWindow: 120_000 });
      for (let at = 0; at < 5; at += 1) await (await budget.enter(undefined, 0, never)).leave();

      await expect(budget.enter(undefined, 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
      await expect(budget.enter('mailbox', 0, never)).resolves.toBeDefined();
      await budget.rest('mailbox', 60_000);
      await expect(budget.enter('other', 0, never)).resolves.toBeDefined();
    });

    test('whoever would wait too long is told when to come again', async () => {
      await using world = await open();
      const budget = world.open({ requests: 10, requestWindow: 120_000 });
      for (let at = 0; at < 10; at += 1) await (await budget.enter('mailbox', 0, never)).leave();

      const error: unknown = await budget.enter('mailbox', 0, never).catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code: 'TargetThrottled' });
      const wait = retryAt(error) - world.now();
      expect(wait).toBeGreaterThan(100_000);
      expect(wait).toBeLessThan(130_000);
    });

    test('nobody of any worker enters while the target asked for rest', async () => {
      await using world = await open();
      const [one, other] = [world.open({}), world.open({})];
      const since = world.now();
      await one.rest('mailbox', 400);

      const place = await other.enter('mailbox', 0, never);

      expect(world.now() - since).toBeGreaterThanOrEqual(395);
      await place.leave();
    });

    test('a shorter rest does not end a longer one', async () => {
      await using world = await open();
      const budget = world.open({});
      await budget.rest('mailbox', 60_000);
      await budget.rest('mailbox', 1);

      await expect(budget.enter('mailbox', 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
    });

    test('a message larger than the whole ceiling enters when nothing else was sent', async () => {
      await using world = await open();
      const budget = world.open({ bytes: 1000 });

      await (await budget.enter('mailbox', 5000, never)).leave();

      await expect(budget.enter('mailbox', 1, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
    });

    test('whoever stops waiting takes nothing', async () => {
      await using world = await open();
      const budget = world.open({ places: 1 });
      const first = await budget.enter('mailbox', 0, never);
      const stop = new AbortController();
      const waiting = budget.enter('mailbox', 0, stop.signal);

      stop.abort(new Error('stopped'));

      await expect(waiting).rejects.toBeDefined();
      await first.leave();
      await expect(budget.enter('mailbox', 0, never)).resolves.toBeDefined();
      await expect(budget.enter('other', 0, stop.signal)).rejects.toThrow('stopped');
    });

    test('leaving twice gives back one place', async () => {
      await using world = await open();
      const budget = world.open({ places: 2 });
      const [first] = [await budget.enter('mailbox', 0, never), await budget.enter('mailbox', 0, never)];
      await first.leave();
      await first.leave();
      const third: BudgetPlace = await budget.enter('mailbox', 0, never);

      const fourth = budget.enter('mailbox', 0, AbortSignal.timeout(150));

      await expect(fourth).rejects.toBeDefined();
      await third.leave();
    });
  });
}

function retryAt(error: unknown): number {
  return error instanceof Error && 'retryAt' in error && typeof error.retryAt === 'number' ? error.retryAt : Number.NaN;
}
