import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../src/engine/domain/events.ts';
import { NO_SHARES } from '../../src/engine/domain/fair-shares.ts';
import { isWatchable } from '../../src/engine/domain/freshness.ts';
import { type MigrationUser, USER_TRANSITIONS, type UserStatus } from '../../src/engine/domain/migration-user.ts';
import { PRIORITIES, waitingOf } from '../../src/engine/domain/schedule.ts';
import type { EventLog, MigrationStore } from '../../src/engine/ports.ts';
import { seededRandom } from '../../sandbox/source/mail/seeded-random.ts';
import {
  OPERATOR,
  address,
  batchName,
  endpointName,
  sampleBatch,
  sampleCutover,
  sampleEndpoint,
  sampleProgress,
  sampleUser,
} from './sample-records.ts';

export interface StoreUnderTest extends AsyncDisposable {
  readonly store: MigrationStore;
  readonly events: EventLog;
}

/** What every MigrationStore does. `open` answers an empty one. */
export function migrationStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`MigrationStore: ${name}`, () => {
    test('an endpoint is kept as it was added, and its name is taken from then on', async () => {
      await using world = await open();
      const endpoint = sampleEndpoint('old-server');

      await world.store.addEndpoint(endpoint, [{ type: 'EndpointAdded', endpoint: endpoint.name }], OPERATOR);

      expect(await world.store.endpoint(endpoint.name)).toEqual(endpoint);
      expect(await world.store.endpoints()).toEqual([endpoint]);
      expect(await world.store.endpoint(endpointName('other'))).toBeUndefined();
      await expect(world.store.addEndpoint(endpoint, [], OPERATOR)).rejects.toMatchObject({
        code: 'EndpointNameTaken',
      });
    });

    test('a batch is changed by a decision, and its events are saved with it', async () => {
      await using world = await open();
      await world.store.addBatch(
        sampleBatch('sales-1'),
        [{ type: 'BatchCreated', batch: batchName('sales-1') }],
        OPERATOR,
      );

      const changed = await world.store.changeBatch(
        batchName('sales-1'),
        (batch) => ({
          to: { ...batch, intent: 'Started', startedAt: 5 },
          events: [{ type: 'BatchStarted', batch: batch.name }],
        }),
        { ...OPERATOR, name: 'Operator B' },
      );

      expect(changed).toMatchObject({ intent: 'Started', startedAt: 5 });
      expect(await world.store.batch(batchName('sales-1'))).toEqual(changed);
      expect(await allEvents(world.events)).toMatchObject([
        { type: 'BatchCreated', batch: 'sales-1', by: 'Operator A' },
        { type: 'BatchStarted', batch: 'sales-1', by: 'Operator B' },
      ]);
    });

    test('a decision for nothing leaves everything as it is', async () => {
      await using world = await open();
      await world.store.addBatch(sampleBatch('sales-1'), [], OPERATOR);

      const same = await world.store.changeBatch(batchName('sales-1'), () => undefined);

      expect(same).toEqual(sampleBatch('sales-1'));
      expect(await allEvents(world.events)).toEqual([]);
    });

    test('what a decision throws reaches the caller and changes nothing', async () => {
      await using world = await open();
      await world.store.addUsers([sampleUser('a@contoso.example', 'one')], [], OPERATOR);

      const change = world.store.changeUser(address('a@contoso.example'), () => {
        throw new RangeError('no');
      });

      await expect(change).rejects.toThrow(RangeError);
      expect(await world.store.user(address('a@contoso.example'))).toMatchObject({ epoch: 0 });
    });

    test('names that are not there are refused by their failure', async () => {
      await using world = await open();

      await expect(world.store.changeBatch(batchName('none'), () => undefined)).rejects.toMatchObject({
        code: 'UnknownBatch',
      });
      await expect(world.store.changeUser(address('a@contoso.example'), () => undefined)).rejects.toMatchObject({
        code: 'UnknownUser',
      });
      expect(await world.store.user(address('a@contoso.example'))).toBeUndefined();
    });

    test('batches come in the order they were created', async () => {
      await using world = await open();
      await world.store.addBatch(sampleBatch('b-second', { createdAt: 20 }), [], OPERATOR);
      await world.store.addBatch(sampleBatch('a-third', { createdAt: 30 }), [], OPERATOR);
      await world.store.addBatch(sampleBatch('c-first', { createdAt: 10 }), [], OPERATOR);

      const batches = await world.store.batches();

      expect(batches.map((batch) => batch.name)).toEqual(['c-first', 'b-second', 'a-third']);
      await expect(world.store.addBatch(sampleBatch('c-first'), [], OPERATOR)).rejects.toMatchObject({
        code: 'BatchNameTaken',
      });
    });

    test('users of a batch come in the order of the file, without those of other batches', async () => {
      await using world = await open();
      const users = Array.from({ length: 1203 }, (_, at) =>
        sampleUser(`user${(at * 7919) % 1203}@contoso.example`, 'big'),
      );
      await world.store.addUsers([...users, sampleUser('other@contoso.example', 'small')], [], OPERATOR);

      const listed = await Array.fromAsync(world.store.users(batchName('big')));

      expect(listed).toEqual(users);
      expect(await Array.fromAsync(world.store.users(batchName('none')))).toEqual([]);
    });

    test('a user that is in a batch stays there, and is returned when it is added again', async () => {
      await using world = await open();
      await world.store.addUsers([sampleUser('a@contoso.example', 'one', { epoch: 3 })], [], OPERATOR);

      const known = await world.store.addUsers(
        [sampleUser('a@contoso.example', 'two'), sampleUser('b@contoso.example', 'two')],
        [{ type: 'UsersAdded', batch: batchName('two'), count: 1 }],
        OPERATOR,
      );

      expect(known).toEqual([sampleUser('a@contoso.example', 'one', { epoch: 3 })]);
      expect((await Array.fromAsync(world.store.users(batchName('two')))).map((user) => user.address)).toEqual([
        'b@contoso.example',
      ]);
      expect(await allEvents(world.events)).toMatchObject([{ type: 'UsersAdded', count: 1 }]);
    });

    test('two imports at once give an address to one batch', async () => {
      await using world = await open();
      const add = (batch: string) => world.store.addUsers([sampleUser('a@contoso.example', batch)], [], OPERATOR);

      const answers = await Promise.all([add('one'), add('two'), add('three')]);

      expect(answers.flat()).toHaveLength(2);
      const owner = await world.store.user(address('a@contoso.example'));
      expect(answers.flat().every((user) => user.batch === owner?.batch)).toBe(true);
    });

    test('a hundred changes of one user at once are all made, none over another', async () => {
      await using world = await open();
      await world.store.addUsers([sampleUser('a@contoso.example', 'one')], [], OPERATOR);
      await Promise.all(
        Array.from({ length: 100 }, () => world.store.changeUser(address('a@contoso.example'), raiseLoudly)),
      );

      expect(await world.store.user(address('a@contoso.example'))).toMatchObject({ epoch: 100 });
      expect(await allEvents(world.events)).toHaveLength(100);
    });

    test('a change of all users counts those that changed, also while single users change', async () => {
      await using world = await open();
      const users = Array.from({ length: 700 }, (_, at) =>
        sampleUser(`user${at}@contoso.example`, 'one', { delays: at % 2 }),
      );
      await world.store.addUsers(users, [], OPERATOR);

      const [changed] = await Promise.all([
        world.store.changeUsers(batchName('one'), (user) => (user.delays === 0 ? raise(user) : undefined)),
        ...users.slice(0, 50).map((user) => world.store.changeUser(user.address, raise)),
      ]);

      expect(changed).toBe(350);
      const epochs = (await Array.fromAsync(world.store.users(batchName('one')))).map((user) => user.epoch);
      expect(epochs.reduce((sum, epoch) => sum + epoch, 0)).toBe(400);
    });

    test('optional fields can be taken away again', async () => {
      await using world = await open();
      await world.store.addUsers([sampleUser('a@contoso.example', 'one', { syncRequested: true })], [], OPERATOR);

      await world.store.changeUser(address('a@contoso.example'), ({ syncRequested: _gone, ...rest }) => ({
        to: rest,
        events: [],
      }));

      expect(await world.store.user(address('a@contoso.example'))).not.toHaveProperty('syncRequested');
    });

    test('who is removed while users are read keeps nobody else from being read', async () => {
      await using world = await open();
      const names = Array.from({ length: 1201 }, (_, at) => address(`user${at}@contoso.example`));
      await world.store.addUsers(names.map((name) => sampleUser(name, 'one')), [], OPERATOR); // prettier-ignore
      const read: string[] = [];

      for await (const user of world.store.users(batchName('one'))) {
        read.push(user.address);
        await world.store.removeUser(user.address, []);
      }

      expect(read).toEqual(names);
      expect(await world.store.userCount(batchName('one'))).toBe(0);
    });

    test('progress, folders and skipped items are what was saved last', async () => {
      await using world = await open();
      const user = sampleUser('a@contoso.example', 'one');
      await world.store.addUsers([user, sampleUser('b@contoso.example', 'one')], [], OPERATOR);
      const folders = [{ source: 'INBOX', target: 'Inbox', items: sampleProgress(3).items, bytes: 3000 }];
      const skipped = [
        {
          folder: 'INBOX',
          uidValidity: '1',
          uid: 7,
          size: 10,
          kind: 'corrupt',
          code: 'ItemUnreadable',
          reason: 'empty',
        } as const,
      ];

      await world.store.saveProgress(user.address, user.batch, sampleProgress(1));
      await world.store.saveProgress(user.address, user.batch, sampleProgress(3));
      await world.store.saveFolders(user.address, folders);
      await world.store.saveSkipped(user.address, skipped);

      expect(await world.store.progress(user.address)).toEqual(sampleProgress(3));
      const both = await Array.fromAsync(world.store.usersWithProgress(user.batch));
      expect(both.map(({ progress }) => progress)).toEqual([sampleProgress(3), undefined]);
      expect(both.map((each) => each.user)).toEqual(await Array.fromAsync(world.store.users(user.batch)));
      expect(await world.store.folders(user.address)).toEqual(folders);
      expect(await world.store.skipped(user.address)).toEqual(skipped);
      expect(await world.store.progress(address('b@contoso.example'))).toBeUndefined();
      expect(await world.store.folders(address('b@contoso.example'))).toEqual([]);
      expect(await world.store.skipped(address('b@contoso.example'))).toEqual([]);
    });

    test('the cutover of a batch: one at a time, changed by decisions with their events, gone with the batch', async () => {
      await using world = await open();
      const batch = batchName('one');
      const cutover = sampleCutover('one');
      await world.store.addBatch(sampleBatch('one'), [], OPERATOR);
      await world.store.addCutover(cutover, [{ type: 'CutoverStarted', batch, domain: cutover.domain }], OPERATOR);
      await expect(world.store.addCutover(cutover, [], OPERATOR)).rejects.toMatchObject({ code: 'CutoverRunning' });

      const pausing = Array.from({ length: 20 }, () =>
        world.store.changeCutover(batch, (current) =>
          current.paused === undefined
            ? { to: { ...current, paused: { by: 'A', at: 5 } }, events: [{ type: 'CutoverPaused', batch }] }
            : undefined,
        ),
      );

      expect(await Promise.all(pausing)).toHaveLength(20);
      expect(await world.store.cutover(batch)).toEqual({ ...cutover, paused: { by: 'A', at: 5 } });
      expect(await world.store.cutovers()).toHaveLength(1);
      expect(await allEvents(world.events)).toMatchObject([{ type: 'CutoverStarted' }, { type: 'CutoverPaused' }]);
      await expect(world.store.changeCutover(batchName('none'), () => undefined)).rejects.toMatchObject({
        code: 'CutoverUnknown',
      });
      await world.store.removeCutover(batch, [{ type: 'CutoverCancelled', batch, reason: 'wrong' }], OPERATOR);
      expect(await world.store.cutover(batch)).toBeUndefined();
      await world.store.addCutover(cutover, [], OPERATOR);
      await world.store.removeBatch(batch, []);
      expect(await world.store.cutovers()).toEqual([]);
    });

    test('the latest check of a batch is kept, with its events', async () => {
      await using world = await open();
      const check = {
        batch: batchName('one'),
        request: 'r1',
        startedAt: 1,
        users: 2,
        checked: 0,
        ready: 0,
        items: 0,
        bytes: 0,
        folders: 0,
        largestItem: 0,
        problems: [],
        notes: [],
      };

      await world.store.saveCheck(check, []);
      await world.store.saveCheck({ ...check, finishedAt: 9 }, [
        { type: 'BatchChecked', batch: check.batch, request: 'r1' },
      ]);

      expect(await world.store.check(check.batch)).toEqual({ ...check, finishedAt: 9 });
      expect(await allEvents(world.events)).toMatchObject([{ type: 'BatchChecked', request: 'r1' }]);
    });

    test('hostile names are values like others', async () => {
      await using world = await open();
      const user = sampleUser('a@contoso.example', 'one', {
        userName: '__proto__',
        warnings: ['\u0000"}]\n{"x":1}', '😀'],
      });
      await world.store.addUsers([user], [], { ...OPERATOR, name: 'Operator "A"\n' });
      const folders = [{ source: '__proto__', target: '../../etc', items: sampleProgress(0).items, bytes: 0 }];

      await world.store.saveFolders(user.address, folders);

      expect(await world.store.user(user.address)).toEqual(user);
      expect(await world.store.folders(user.address)).toEqual(folders);
    });

    test('who waits is read in the order of waiting, a few of each kind, and nobody else', async () => {
      await using world = await open();
      const queued = [3, 1, 2].map((at) => sampleUser(`u${at}@x.example`, 'one', { status: 'Queued', queuedAt: at }));
      const others = [
        sampleUser('later@x.example', 'one', { status: 'Synced', lastSuccessfulSyncAt: 1, nextSyncAt: 500 }),
        sampleUser('due@x.example', 'one', {
          status: 'Synced',
          lastSuccessfulSyncAt: 1,
          nextSyncAt: 9,
          priority: 'low',
        }),
        sampleUser('failed@x.example', 'one', { status: 'Failed', queuedAt: 1 }),
        sampleUser('elsewhere@x.example', 'other', { status: 'Queued', queuedAt: 1 }),
      ];
      await world.store.addUsers([...queued, ...others], [], OPERATOR);

      expect(await world.store.waiting(batchName('one'), 100, 2)).toEqual([
        { address: 'u1@x.example', turn: 'ready', priority: 'normal', since: 1 },
        { address: 'u2@x.example', turn: 'ready', priority: 'normal', since: 2 },
        { address: 'due@x.example', turn: 'incremental', priority: 'low', since: 9 },
      ]);
    });

    test('after any changes who waits and who is watched is what the users say', async () => {
      await using world = await open();
      const batch = batchName('one');
      const random = seededRandom('waiting');
      const anyUser = (at: number): MigrationUser =>
        sampleUser(`user${at}@x.example`, 'one', {
          status: random.pick(Object.keys(USER_TRANSITIONS) as UserStatus[]),
          ...(random.chance(0.5) ? { queuedAt: random.whole(0, 999) } : {}),
          ...(random.chance(0.5) ? { nextSyncAt: random.whole(0, 999) } : {}),
          ...(random.chance(0.5) ? { lastSuccessfulSyncAt: 1 } : {}),
          ...(random.chance(0.5) ? { readyAt: 1 } : {}),
          ...(random.chance(0.5) ? { priority: random.pick(PRIORITIES) } : {}),
          ...(random.chance(0.5) ? { target: { id: 't', displayName: 't', kind: 'user' as const } } : {}),
        });
      await world.store.addUsers(Array.from({ length: 60 }, (_, at) => anyUser(at)), [], OPERATOR); // prettier-ignore

      for (let round = 0; round < 8; round += 1) {
        const changing = Array.from({ length: 40 }, async () => {
          const at = random.whole(0, 59);
          const to = anyUser(at);
          const what = random.next();
          if (what < 0.1) await world.store.removeUser(to.address, []);
          else if (what < 0.2) await world.store.addUsers([to], [], OPERATOR);
          else await world.store.changeUser(to.address, () => ({ to, events: [] })).catch(() => undefined);
        });
        await Promise.all(changing);
        await world.store.changeUsers(batch, (user) =>
          random.chance(0.3) ? { to: { ...anyUser(0), address: user.address }, events: [] } : undefined,
        );

        const users = await Array.fromAsync(world.store.users(batch));
        const expected = users.flatMap((user) => {
          const waiting = waitingOf(user);
          return waiting === undefined || waiting.since > 500 ? [] : [{ address: user.address, ...waiting }];
        });
        const found = await world.store.waiting(batch, 500, 1000);
        expect(found.toSorted(byAddress)).toEqual(expected.toSorted(byAddress));
        expect(await world.store.watchedCount(batch)).toBe(users.filter(isWatchable).length);
      }
    });

    test('a batch that is gone leaves nobody waiting for one of its name', async () => {
      await using world = await open();
      await world.store.addBatch(sampleBatch('one'), [], OPERATOR);
      await world.store.addUsers([sampleUser('u@x.example', 'one', { status: 'Queued' })], [], OPERATOR);
      await world.store.removeUser(address('u@x.example'), []);
      await world.store.removeBatch(batchName('one'), []);

      expect(await world.store.waiting(batchName('one'), 100, 2)).toEqual([]);
    });

    test('users are read by name, and shares of an endpoint are kept', async () => {
      await using world = await open();
      const user = sampleUser('u@x.example', 'one');
      await world.store.addUsers([user], [], OPERATOR);
      const shares = { initial: { time: 1.5, passes: { [batchName('one')]: 2 } }, incremental: NO_SHARES };
      await world.store.saveShares(endpointName('old-server'), shares);

      expect(await world.store.usersNamed([address('nobody@x.example'), user.address])).toEqual([user]);
      expect(await world.store.usersNamed([])).toEqual([]);
      expect(await world.store.shares(endpointName('old-server'))).toEqual(shares);
      expect(await world.store.shares(endpointName('other'))).toBeUndefined();
    });
  });
}

function raiseLoudly(user: MigrationUser) {
  return { ...raise(user), events: [{ type: 'SyncRequested' as const, batch: user.batch, user: user.address }] };
}

function raise(user: MigrationUser) {
  return { to: { ...user, epoch: user.epoch + 1 }, events: [] };
}

async function allEvents(events: EventLog): Promise<readonly MigrationEvent[]> {
  return await Array.fromAsync(events.read(0, 4_000_000_000_000));
}

function byAddress(a: { readonly address: string }, b: { readonly address: string }): number {
  return a.address < b.address ? -1 : 1;
}
