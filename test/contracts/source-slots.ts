import { describe, expect, test } from 'vitest';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { slotRequest } from '../../src/engine/domain/source-slots.ts';
import type { SourcePlace, SourceSlots } from '../../src/engine/ports.ts';
import { endpointName } from './sample-records.ts';

export interface SlotsUnderTest {
  /** Opens the slots as one more worker process would. */
  readonly open: () => SourceSlots;
  /** Lets the time of the slots run: `quarters` of an hour without a refusal. */
  readonly pass: (quarters: number) => Promise<void>;
}

const never = new AbortController().signal;
const ENDPOINT: MigrationEndpoint = {
  ...{ name: endpointName('old'), host: 'imap.contoso.example', port: 993, security: 'tls', login: 'plain' },
  ...{ initial: 20, incremental: 10 },
};
const request = (user: string, settings: Partial<MigrationEndpoint> = {}) =>
  slotRequest({ ...ENDPOINT, ...settings }, user);

/** What all SourceSlots do. `open` answers some nobody has used. */
export function sourceSlotsContract(name: string, open: () => Promise<SlotsUnderTest>): void {
  describe(`SourceSlots: ${name}`, () => {
    test('an endpoint has its connections and no more, over all workers', async () => {
      const { open: worker } = await open();
      const workers = [worker(), worker(), worker()];
      const places = await enterAll(workers, ['a', 'b', 'c'], { connections: 3 });

      await expect(workers[0]?.enter(request('d', { connections: 3 }), never)).rejects.toMatchObject({
        code: 'SourceBusy',
        retryAt: expect.any(Number),
      });
      await places[1]?.leave();
      await expect(workers[2]?.enter(request('d', { connections: 3 }), never)).resolves.toBeDefined();
    });

    test('an endpoint without a number of its own: as many as its syncs and watches need', async () => {
      const { open: worker } = await open();
      const users = Array.from({ length: 33 }, (_, at) => `u${at}`);

      await enterAll([worker()], users, { live: 3 });

      await expect(worker().enter(request('one more', { live: 3 }), never)).rejects.toMatchObject({
        code: 'SourceBusy',
      });
    });

    test('a server that refuses one more connection of a login has said how many it takes: every worker keeps to it', async () => {
      const { open: worker } = await open();
      const [first, second] = [worker(), worker()];
      const places = await enterAll([first, second], ['u', 'u', 'u']);

      await places[2]?.refused('login', 'Maximum number of connections exceeded');

      await expect(second.enter(request('u'), never)).rejects.toMatchObject({ code: 'SourceBusy' });
      await expect(second.enter(request('another'), never)).resolves.toBeDefined();
      expect(await first.learned('imap.contoso.example:993')).toMatchObject([
        { kind: 'login', name: 'u', connections: 2, said: 'Maximum number of connections exceeded' },
      ]);
    });

    test('twenty at once of which ten are refused: what is left is ten', async () => {
      const { open: worker } = await open();
      const slots = worker();
      const places = await enterAll(
        [slots],
        Array.from({ length: 20 }, () => 'u'),
      );

      await Promise.all(places.slice(10).map((place) => place.refused('login', 'too many')));

      expect(await slots.learned('imap.contoso.example:993')).toMatchObject([{ connections: 10 }]);
    });

    test('an administrator is one login, whoever it reads for', async () => {
      const { open: worker } = await open();
      const slots = worker();
      const admin = { admin: 'corp/migrator/user', connections: 50 };

      // Exchange stalls above 16 connections of one user without a word.
      await enterAll(
        [slots],
        Array.from({ length: 16 }, (_, at) => `u${at}`),
        admin,
      );

      await expect(slots.enter(request('u17', admin), never)).rejects.toThrow('corp/migrator/user');
    });

    test("an administrator's cap is learned when two mailboxes are refused, not by one whose owner is connected", async () => {
      const { open: worker } = await open();
      const slots = worker();
      const admin = { admin: 'user*master' };
      const places = await enterAll([slots], ['a', 'b', 'c', 'd', 'e'], admin);

      await places[0]?.refused('login', 'too many of user+IP');
      expect(await slots.learned('imap.contoso.example:993')).toEqual([]);
      // That mailbox is left in peace for a while; the others are not.
      await expect(slots.enter(request('a', admin), never)).rejects.toMatchObject({ code: 'SourceBusy' });
      await expect(slots.enter(request('f', admin), never)).resolves.toBeDefined();

      await places[1]?.refused('login', 'too many');
      expect(await slots.learned('imap.contoso.example:993')).toMatchObject([
        { kind: 'login', name: 'user*master', connections: 4 },
      ]);
    });

    test('a login that is refused although nothing of ours is connected rests', async () => {
      const { open: worker } = await open();
      const slots = worker();
      const [place] = await enterAll([slots], ['u']);
      const before = Date.now();

      const until = await place?.refused('login', 'too many');

      expect(until).toBeGreaterThan(before + 30_000);
      await expect(slots.enter(request('u'), never)).rejects.toMatchObject({ code: 'SourceBusy' });
    });

    test('after a quarter of an hour one connection more is tried, and after a day the cap is forgotten', async () => {
      const { open: worker, pass } = await open();
      const slots = worker();
      const places = await enterAll([slots], ['u', 'u', 'u']);
      await places[2]?.refused('login', 'too many');

      await pass(1);
      await expect(slots.enter(request('u'), never)).resolves.toBeDefined();
      await expect(slots.enter(request('u'), never)).rejects.toMatchObject({ code: 'SourceBusy' });
      await pass(100);
      await expect(enterAll([slots], ['u', 'u', 'u', 'u'])).resolves.toHaveLength(4);
    });

    test('endpoints that lead to one server share what it takes', async () => {
      const { open: worker } = await open();
      const slots = worker();
      await enterAll([slots], ['a', 'b'], { connections: 2 });

      const other = request('c', { name: endpointName('other'), connections: 2 });
      await expect(slots.enter(other, never)).rejects.toMatchObject({ code: 'SourceBusy' });
    });
  });
}

async function enterAll(
  workers: readonly SourceSlots[],
  users: readonly string[],
  settings: Partial<MigrationEndpoint> = {},
): Promise<readonly SourcePlace[]> {
  return Promise.all(
    users.map(async (user, at) => {
      const worker = workers[at % workers.length];
      if (worker === undefined) throw new Error('there is a worker');
      return worker.enter(request(user, settings), never);
    }),
  );
}
