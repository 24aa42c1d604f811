import { expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { plainMail } from '../support/plain-mail.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';

const NAMES = ['info', 'sales', 'support'];
const DAY = 86_400_000;

interface Story {
  readonly events: readonly {
    readonly type: string;
    readonly at: number;
    readonly copied?: number;
    readonly later?: boolean;
  }[];
}

test('the newest mail of everybody is there before the rest of anybody; then all of it, once', async () => {
  await using world = await startSandbox({ users: NAMES.map((name) => ({ name, mails: 0 })) });
  for (const name of NAMES) {
    const mails = ['INBOX', 'Projects'].flatMap((folder) =>
      [400, 300, 20, 5].map((days) => ({
        ...plainMail(`${folder}-${days}`, [folder]),
        internalDate: new Date(Math.floor((Date.now() - days * DAY) / 1000) * 1000),
      })),
    );
    await fillMailbox(world.source, name, [], mails);
  }
  await world.startBellhop('worker');
  const port = `port=${world.source.tlsPort}`;
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', port, 'initial=1');
  await world.bellhop('create', 'batch', 'demo', 'endpoint=sandbox', 'ready=30d');
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');

  await world.bellhop('start', 'batch', 'demo');
  const users = await Promise.all(NAMES.map((name) => userWhen(world, name, 'Synced', 110_000)));

  for (const user of users) expect(user.items).toMatchObject({ source: 8, copied: 8, pending: 0 });
  const stories = await Promise.all(NAMES.map((name) => viewOf<Story>(world, 'why', addressOf(name))));
  const events = stories.flatMap((story) => story.events);
  const ready = events.filter(({ type }) => type === 'UserReady');
  const synced = events.filter(({ type }) => type === 'UserSynced');
  expect(ready.map(({ copied }) => copied)).toEqual([4, 4, 4]);
  expect(ready.filter(({ later }) => later === true)).toHaveLength(2);
  expect(Math.max(...ready.map(({ at }) => at))).toBeLessThan(Math.min(...synced.map(({ at }) => at)));
  expect((await checkMigration(planOf(world))).findings).toEqual([]);
}, 180_000);
