import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerEntry, LedgerKey, LedgerStore } from '../../src/engine/ports.ts';

const KEY: LedgerKey = { targetMailboxId: 'mailbox-1', sourceHost: 'imap.contoso.example', login: 'a@contoso.example' };

/** What every LedgerStore does. `open` answers an empty one. */
export function ledgerContract(
  name: string,
  open: () => Promise<AsyncDisposable & { readonly ledgers: LedgerStore }>,
): void {
  describe(`LedgerStore: ${name}`, () => {
    test('an entry comes back as it was recorded, with and without its optional fields', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const full: LedgerEntry = {
        uid: 4_294_967_295,
        state: 'copied',
        flags: 'SF $label1 späßle',
        size: 157_286_400,
        internalDate: -86_400_000,
        key: new Uint8Array(16).fill(255),
        targetId: 'AAMkAGI2TG93AAA=',
        run: 'run-1',
        at: 1_790_000_000_000,
        code: 'ItemRefused',
        detail: 'with "quotes" and \u0000',
        notes: [{ kind: 'headers', text: 'two headers' }],
      };

      await ledger.record('INBOX', '7', [full, sample(1)]);

      expect(await ledger.findByUid('INBOX', '7', full.uid)).toEqual(full);
      expect(await ledger.findByUid('INBOX', '7', 1)).toEqual(sample(1));
      expect(await ledger.findByUid('INBOX', '7', 2)).toBeUndefined();
      expect(await ledger.findByUid('INBOX', '8', 1)).toBeUndefined();
    });

    test('a record replaces the entry with the same UID', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      await ledger.record('INBOX', '1', [sample(1), sample(2)]);

      await ledger.record('INBOX', '1', [sample(1, { state: 'copied', targetId: 'id-1' })]);

      expect(await ledger.count('INBOX', '1')).toEqual({ intended: 1, copied: 1 });
      expect(await ledger.entries('INBOX', '1', 'copied')).toEqual([sample(1, { state: 'copied', targetId: 'id-1' })]);
      expect(await ledger.entries('INBOX', '1', 'intended')).toEqual([sample(2)]);
    });

    test('a confirmation takes the place of its intent, and is there when the ledger is opened again', async () => {
      await using world = await open();
      const first = await world.ledgers.open(KEY, 1);
      await first.record('INBOX', '1', [sample(1), sample(2)]);
      await first.confirm('INBOX', '1', [sample(1, { state: 'copied', targetId: 'id-1' })]);
      await first.confirm('INBOX', '1', []);
      await first[Symbol.asyncDispose]();

      await using ledger = await world.ledgers.open(KEY, 2);

      expect(await ledger.count('INBOX', '1')).toEqual({ intended: 1, copied: 1 });
      expect(await ledger.entries('INBOX', '1', 'copied')).toEqual([sample(1, { state: 'copied', targetId: 'id-1' })]);
    });

    test('states come ascending by UID, however they were recorded', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const uids = Array.from({ length: 25_000 }, (_, at) => 25_000 - at);

      await ledger.record(
        'INBOX',
        '1',
        uids.map((uid) => sample(uid, { state: uid % 3 === 0 ? 'copied' : 'skipped' })),
      );

      const states = await ledger.states('INBOX', '1');
      expect(states.map(([uid]) => uid)).toEqual(uids.toReversed());
      expect(states.slice(0, 3)).toEqual([
        [1, 'skipped', 'S'],
        [2, 'skipped', 'S'],
        [3, 'copied', 'S'],
      ]);
      expect(await ledger.entries('INBOX', '1', 'copied')).toHaveLength(8333);
      expect(await ledger.states('Nothing', '1')).toEqual([]);
    });

    test('folders and UIDVALIDITY values are kept apart', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      await ledger.record('INBOX', '1', [sample(1)]);
      await ledger.record('INBOX', '2', [sample(1, { state: 'copied' })]);
      await ledger.record('inbox', '1', [sample(5)]);
      await ledger.saveCheckpoint('Empty', {
        uidValidity: '9',
        uidNext: 1,
        exists: 0,
        targetFolderId: 't',
        complete: true,
      });

      expect(await ledger.count('INBOX', '2')).toEqual({ copied: 1 });
      expect(await ledger.formerUidValidities('INBOX', '2')).toEqual(['1']);
      expect(await ledger.formerUidValidities('INBOX', '3')).toEqual(['1', '2']);
      expect(await ledger.formerUidValidities('Empty', '1')).toEqual([]);
      expect([...(await ledger.folders())].sort()).toEqual(['Empty', 'INBOX', 'inbox']);
    });

    test('a checkpoint is what was saved last', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const checkpoint = { uidValidity: '1', uidNext: 10, exists: 9, targetFolderId: 't', complete: false };

      await ledger.saveCheckpoint('INBOX', checkpoint);
      await ledger.saveCheckpoint('INBOX', { ...checkpoint, highestModseq: '9223372036854775807', complete: true });

      expect(await ledger.checkpoint('INBOX')).toEqual({
        ...checkpoint,
        highestModseq: '9223372036854775807',
        complete: true,
      });
      expect(await ledger.checkpoint('Other')).toBeUndefined();
    });

    test('withdrawing takes back intents and nothing else', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      await ledger.record('INBOX', '1', [sample(1), sample(2), sample(3, { state: 'copied' })]);

      await ledger.withdraw('INBOX', '1', [1, 3, 99]);

      expect(await ledger.states('INBOX', '1')).toEqual([
        [2, 'intended', 'S'],
        [3, 'copied', 'S'],
      ]);
    });

    test('entries are found by key wherever they are', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const key = new Uint8Array(16).fill(7);
      await ledger.record('INBOX', '1', [sample(1, { key }), sample(2, { key: new Uint8Array(16) })]);
      await ledger.record('Sent', '5', [sample(8, { key, state: 'copied' }), sample(9)]);

      const found = await ledger.findByKey(key);

      expect(found).toEqual([
        { ...sample(1, { key }), path: 'INBOX', uidValidity: '1' },
        { ...sample(8, { key, state: 'copied' }), path: 'Sent', uidValidity: '5' },
      ]);
      expect(await ledger.findByKey(new Uint8Array(16).fill(9))).toEqual([]);
    });

    test('notes are counted over the mailbox, for messages that are in the target', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const headers = { kind: 'headers', text: 'X-A' } as const;
      const signature = { kind: 'signature', text: 'S/MIME' } as const;
      await ledger.record('INBOX', '1', [
        sample(1, { state: 'copied', notes: [headers] }),
        sample(2, { state: 'copied', notes: [headers, signature] }),
        sample(3, { state: 'gone', notes: [headers] }),
      ]);
      await ledger.record('Sent', '1', [sample(1, { state: 'copied', notes: [headers] })]);

      const counts = await ledger.noteCounts();

      expect([...counts].sort((a, b) => b.count - a.count)).toEqual([
        { ...headers, count: 3 },
        { ...signature, count: 1 },
      ]);
    });

    test('what carries a code is listed over the whole mailbox', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const held = sample(2, { state: 'copied', code: 'RemovalHeld' });
      await ledger.record('INBOX', '1', [sample(1), held]);
      await ledger.record('Sent', '4', [sample(9, { state: 'skipped', code: 'ItemTooLarge', detail: 'too large' })]);

      expect(await ledger.coded()).toEqual([
        { ...held, path: 'INBOX', uidValidity: '1' },
        {
          ...sample(9, { state: 'skipped', code: 'ItemTooLarge', detail: 'too large' }),
          path: 'Sent',
          uidValidity: '4',
        },
      ]);
    });

    test('a folder with another name keeps its entries and its checkpoint', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const checkpoint = { uidValidity: '1', uidNext: 2, exists: 1, targetFolderId: 't', complete: true };
      await ledger.record('Old', '1', [sample(1)]);
      await ledger.saveCheckpoint('Old', { ...checkpoint, formerPaths: ['Older'] });

      await ledger.rename('Old', 'New/er');

      expect(await ledger.findByUid('New/er', '1', 1)).toEqual(sample(1));
      expect(await ledger.checkpoint('New/er')).toEqual({ ...checkpoint, formerPaths: ['Older'] });
      expect(await ledger.findByUid('Old', '1', 1)).toBeUndefined();
      expect(await ledger.folders()).toEqual(['New/er']);
    });

    test('what was recorded is there when the ledger is opened again', async () => {
      await using world = await open();
      const ids = Array.from({ length: 40 }, (_, at) => targetId(at));
      const first = await world.ledgers.open(KEY, 1);
      await first.record(
        'INBOX',
        '1',
        ids.map((id, at) => sample(at + 1, { state: 'copied', targetId: id })),
      );
      await first[Symbol.asyncDispose]();

      await using second = await world.ledgers.open(KEY, 2);
      await second.record('INBOX', '1', [sample(100, { state: 'copied', targetId: targetId(100) })]);

      const entries = await second.entries('INBOX', '1', 'copied');
      expect(entries.map((entry) => entry.targetId)).toEqual([...ids, targetId(100)]);
    });

    test('ids of every spelling come back letter by letter', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const ids = [
        '',
        'a',
        'ab',
        'abc',
        '=',
        '==',
        'abcd====',
        'AAMk-_==',
        'AAMk-_=',
        'AA+/',
        'ümläut',
        'x'.repeat(500),
        targetId(1),
        targetId(2),
      ];

      await ledger.record(
        'INBOX',
        '1',
        ids.map((id, at) => sample(at + 1, { state: 'copied', targetId: id })),
      );

      expect((await ledger.entries('INBOX', '1', 'copied')).map((entry) => entry.targetId)).toEqual(ids);
    });

    test('mailboxes have ledgers of their own', async () => {
      await using world = await open();
      await using one = await world.ledgers.open(KEY, 1);
      await using other = await world.ledgers.open({ ...KEY, login: 'b@contoso.example' }, 1);
      await one.record('INBOX', '1', [sample(1)]);

      expect(await other.folders()).toEqual([]);
    });

    test('P3, P7: once a higher epoch took the mailbox, the former holder writes nothing any more', async () => {
      await using world = await open();
      await using former = await world.ledgers.open(KEY, 4);
      await former.record('INBOX', '1', [sample(1)]);
      await using present = await world.ledgers.open(KEY, 5);

      const late = [
        former.record('INBOX', '1', [sample(1, { state: 'copied' })]),
        former.confirm('INBOX', '1', [sample(1, { state: 'copied' })]),
        former.saveCheckpoint('INBOX', {
          uidValidity: '1',
          uidNext: 2,
          exists: 1,
          targetFolderId: 't',
          complete: true,
        }),
        former.withdraw('INBOX', '1', [1]),
        former.rename('INBOX', 'Elsewhere'),
        former.ensureHeld(),
        world.ledgers.open(KEY, 4),
      ];

      for (const each of await Promise.allSettled(late)) {
        expect(each).toMatchObject({ status: 'rejected', reason: { code: 'MailboxTakenOver' } });
      }
      await present.ensureHeld();
      await present.record('INBOX', '1', [sample(2)]);
      expect(await present.states('INBOX', '1')).toEqual([
        [1, 'intended', 'S'],
        [2, 'intended', 'S'],
      ]);
      expect(await present.checkpoint('INBOX')).toBeUndefined();
    });

    test('the same epoch may come back: its job was resumed', async () => {
      await using world = await open();
      await (await world.ledgers.open(KEY, 3))[Symbol.asyncDispose]();

      await using ledger = await world.ledgers.open(KEY, 3);

      await expect(ledger.record('INBOX', '1', [sample(1)])).resolves.toBeUndefined();
    });

    test('of entries with one UID in one record the last counts', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);

      await ledger.record('INBOX', '1', [sample(1), sample(1, { state: 'copied', targetId: 'id-1' })]);

      expect(await ledger.states('INBOX', '1')).toEqual([[1, 'copied', 'S']]);
    });

    test('names as long and as odd as a server may send are kept', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);
      const path = `${'Ordner/'.repeat(1500)}"'\\ {},NULL \u0000 ${'ü'.repeat(500)}`;

      await ledger.record(path, '1', [sample(1)]);

      expect(await ledger.folders()).toEqual([path]);
      expect(await ledger.states(path, '1')).toEqual([[1, 'intended', 'S']]);
      expect(await ledger.states(path.slice(1), '1')).toEqual([]);
    });

    test('the store says where it keeps ledgers', async () => {
      await using world = await open();

      expect(['files', 'postgres']).toContain((await world.ledgers.examine()).kind);
    });

    test('many writers side by side all come through', async () => {
      await using world = await open();
      await using ledger = await world.ledgers.open(KEY, 1);

      await Promise.all(
        Array.from({ length: 200 }, (_, at) => ledger.record(`Folder ${at % 7}`, '1', [sample(at + 1)])),
      );

      expect(await total(ledger)).toBe(200);
    });
  });
}

function sample(uid: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return { uid, state: 'intended', flags: 'S', size: 1000 + uid, at: 1_790_000_000_000 + uid, ...changes };
}

// Shaped like ids of Exchange: the same beginning all over the mailbox, bytes that differ at the end.
function targetId(at: number): string {
  const tail = Buffer.alloc(20);
  tail.writeUInt32BE((at * 2_654_435_761) % 2 ** 32, 10);
  return `${Buffer.concat([Buffer.alloc(64, 0xa5), tail]).toString('base64url')}=`;
}

async function total(ledger: Ledger): Promise<number> {
  let sum = 0;
  for (const path of await ledger.folders()) sum += (await ledger.states(path, '1')).length;
  return sum;
}
