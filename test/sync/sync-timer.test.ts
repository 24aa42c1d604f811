import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { NO_TIME, totalTime } from '../../src/engine/domain/spent-time.ts';
import { SyncTimer } from '../../src/engine/sync/sync-timer.ts';

function fakeTimer(waited = NO_TIME) {
  const clock = { now: 1_790_000_000_000, busy: 0 };
  const timer = new SyncTimer({
    now: () => clock.now,
    busy: () => clock.busy,
    timeScale: 1,
    begunAt: clock.now,
    waited,
  });
  return {
    timer,
    pass: (ms: number, busyShare = 0): void => {
      clock.now += ms;
      clock.busy += ms * busyShare;
    },
  };
}

const step = record({
  what: constantFrom('source', 'target', 'budget', 'idle'),
  ends: constantFrom(true, false),
  ms: integer({ min: 0, max: 900 }),
  busy: constantFrom(0, 0.3, 0.95, 1),
});

test('whatever happens, what was lost and what moved add up to the time that passed', () => {
  assert(
    property(array(step, { maxLength: 60 }), integer({ min: 0, max: 90_000 }), (steps, slot) => {
      const { timer, pass } = fakeTimer({ ...NO_TIME, slot });
      const open: { what: string; end: () => void }[] = [];
      let passed = slot;
      for (const { what, ends, ms, busy } of steps) {
        pass(ms, busy);
        passed += ms;
        const running = open.findIndex((each) => each.what === what);
        if (ends && running >= 0) open.splice(running, 1)[0]?.end();
        else void timer.during(what, () => new Promise<void>((resolve) => open.push({ what, end: resolve })));
        expect(totalTime(timer.spent())).toBe(passed);
      }
      pass(700);
      expect(totalTime(timer.spent())).toBe(passed + 700);
    }),
  );
});

test('each cause gets what it took', async () => {
  const { timer, pass } = fakeTimer({ ...NO_TIME, slot: 5000 });
  const spend = (what: 'source' | 'target' | 'budget', ms: number) => timer.during(what, async () => pass(ms));

  await spend('source', 1000);
  pass(300);
  await timer.during('target', async () => {
    pass(2000);
    await spend('source', 400);
  });
  await spend('budget', 8000);

  expect(timer.spent()).toEqual({ moving: 400, source: 1000, target: 2000, budget: 8000, cpu: 300, slot: 5000 });
});

test('waiting for an answer while our event loop is full is waiting for us', async () => {
  const { timer, pass } = fakeTimer();

  await timer.during('target', async () => pass(3000, 0.97));
  await timer.during('target', async () => pass(1000, 0.2));

  expect(timer.spent()).toEqual({ ...NO_TIME, cpu: 3000, target: 1000 });
});

test('what fails is counted until then', async () => {
  const { timer, pass } = fakeTimer();
  const failing = timer.during('source', async () => {
    pass(250);
    throw new RangeError('no');
  });

  await expect(failing).rejects.toThrow(RangeError);
  pass(50);
  expect(timer.spent()).toEqual({ ...NO_TIME, source: 250, cpu: 50 });
});
