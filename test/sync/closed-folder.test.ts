import { expect, test } from 'vitest';
import { failure } from '../../src/engine/domain/failure.ts';
import { NO_TIME } from '../../src/engine/domain/spent-time.ts';
import { MailboxBooks } from '../../src/engine/sync/books.ts';
import { SyncTimer } from '../../src/engine/sync/sync-timer.ts';
import { sampleBatch, sampleUser } from '../contracts/sample-records.ts';
import { startEngineWorld } from '../support/engine-world.ts';

test.each([
  ['an unknown number of messages is a reason of its own', undefined, 0, ['folders that cannot be opened: what is in them is not known']], // prettier-ignore
  ['a known number is booked as failed', '7', 3, []],
  ['nothing in it is no reason', '7', 0, []],
])('a folder that cannot be opened: %s', async (_, uidValidity, exists, reasons) => {
  await using engine = await startEngineWorld();
  const { world } = engine;
  const now = (): number => world.clock.now();
  const timer = new SyncTimer({ now, busy: () => 0, timeScale: 1, begunAt: now(), waited: NO_TIME });
  const user = sampleUser('a@contoso.example', 'demo');
  const by = { id: 'u', name: 'Olga Operator' };
  await world.store.addBatch(sampleBatch('demo'), [], by);
  await world.store.addUsers([user], [], by);
  const books = new MailboxBooks(world, user, { progress: undefined, folders: [] }, timer);

  books.open('Shared', 'Shared', uidValidity, { source: exists, failed: exists });
  books.failed('Shared', failure('SourceFolderUnavailable', { folder: 'Shared', detail: 'refused' }));
  await books.close();

  const progress = await world.store.progress(user.address);
  expect(progress?.reasons.map(({ text }) => text)).toEqual(reasons);
  expect(progress?.items.failed).toBe(exists);
});
