import { describe, expect, test } from 'vitest';
import type { BudgetPlace, TargetBudget } from '../../src/engine/ports.ts';

export interface BudgetLimits {
  readonly places: number;
  readonly requests: number;
  /** ms */
  readonly requestWindow: number;
  readonly bytes: number;
  /** ms */
  readonly byteWindow: number;
}

export interface BudgetUnderTest extends AsyncDisposable {
  /** Opens the budget as one more worker process would. */
  open(limits: Partial<BudgetLimits>): TargetBudget;
  now(): number;
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
