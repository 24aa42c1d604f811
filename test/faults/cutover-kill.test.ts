import { expect, test } from 'vitest';
import { type BellhopProcess } from '../../sandbox/bellhop-process.ts';
import { planOf } from '../../sandbox/play-migration.ts';
import { addressOf, startSandbox } from '../../sandbox/world.ts';
import { type CutoverState, STEP_NAMES } from '../../src/engine/domain/cutover.ts';
import type { CutoverView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const DOMAIN = 'contoso.example';
const MX = 'contoso-example.mail.protection.outlook.com';

test('X1: bot and worker killed at each step, each step is passed once, and none is left out', async () => {
  await using world = await startSandbox({ users: [{ name: 'info', mails: 8 }], timeScale: 200 });
  const { dns } = world;
  dns.set(DOMAIN, 'MX', ['10 mail.contoso.example'], { ttl: 60 });
  const start = (role: string): Promise<BellhopProcess> => world.startBellhop(role);
  let running = await Promise.all([start('bot'), start('worker')]);
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');

  const view = (): Promise<CutoverView> => viewOf<CutoverView>(world, 'cutover', 'demo');
  const people: Partial<Record<CutoverState, readonly string[]>> = {
    'people-informed': ['confirm', 'step', 'demo', 'people-informed'],
    'mx-switched': ['go', 'ahead', 'demo', 'mx-switched'],
    complete: ['go', 'ahead', 'demo', 'complete'],
    'source-may-go': ['go', 'ahead', 'demo', 'source-may-go'],
    'source-dismantled': ['confirm', 'step', 'demo', 'source-dismantled'],
  };
  await world.bellhop('start', 'cutover', 'demo', 'settle=5m');

  for (let state: CutoverState = 'verify-domain'; state !== 'finished';) {
    await Promise.all(running.map((each) => each.stop('SIGKILL')));
    running = await Promise.all([start('bot'), start('worker')]);
    if (state === 'source-dismantled') {
      expect((await checkMigration(planOf(world))).findings).toEqual([]);
      await world.source.stop();
    }
    const words = people[state];
    if (words !== undefined) {
      const done = world.bellhop(...words);
      // Half of the time the worker dies while somebody waits for its look.
      if (STEP_NAMES.indexOf(state) % 2 === 1) {
        await running[1].stop('SIGKILL');
        running = [running[0], await start('worker')];
      }
      const { code, error } = await done;
      if (code !== 0) expect(error).toContain('CutoverUnchecked');
      if (code !== 0)
        await waitUntil(
          () => world.bellhop(...words),
          (again) => again.code === 0,
        );
    }
    if (state === 'mx-switched') dns.set(DOMAIN, 'MX', [`0 ${MX}`], { ttl: 60 });
    const before: CutoverState = state;
    state = (await waitUntil(view, (now) => now.state !== before, 90_000)).state;
  }

  const { steps } = await view();
  expect(steps.map((each) => each.state)).toEqual(STEP_NAMES.map(() => 'done'));
  const done = await viewOf<{ readonly status: string }>(world, 'status', addressOf('info'));
  expect(done.status).toBe('Completed');
}, 300_000);
