import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import { chainCheck } from '../../src/engine/domain/audit-check.ts';
import type { AuditLog, MigrationStore } from '../../src/engine/ports.ts';
import { OPERATOR, address, batchName, sampleBatch } from './sample-records.ts';

export interface AuditLogUnderTest extends AsyncDisposable {
  readonly store: MigrationStore;
  readonly audit: AuditLog;
}

/** Reads the chain as a stranger would: every line checked. */
export async function readChain(
  audit: AuditLog,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly problems: readonly string[]; readonly seq: number }> {
  const check = chainCheck();
  const entries: AuditEntry[] = [];
  for await (const line of audit.lines()) {
    const entry = check.take(line);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, problems: check.problems.map(({ seq, text }) => `${seq}: ${text}`), seq: check.head.seq };
}

/** What every AuditLog does. `open` answers an empty one. */
export function auditLogContract(name: string, open: () => Promise<AuditLogUnderTest>): void {
  describe(`AuditLog: ${name}`, () => {
    const batch = batchName('sales-1');

    test('what people did becomes entries, with name and Entra object id, in the order of the event log', async () => {
      await using world = await open();
      await world.store.addBatch(sampleBatch('sales-1'), [{ type: 'BatchCreated', batch }], OPERATOR);
      await world.store.publish(
        [{ type: 'SkippedApproved', batch, user: address('a@contoso.example'), count: 3 }],
        OPERATOR,
      );

      const head = await world.audit.catchUp();

      const { entries, problems } = await readChain(world.audit);
      expect(problems).toEqual([]);
      expect(entries).toMatchObject([
        { seq: 1, type: 'BatchCreated', batch: 'sales-1', nth: 1, by: OPERATOR, planHash: null, details: {} },
        { seq: 2, type: 'SkippedApproved', nth: 2, details: { user: 'a@contoso.example', count: 3 } },
      ]);
      expect(head).toEqual({ seq: 2, hash: entries[1]?.hash });
    });

    test('what syncs do all day is none of it; what Bellhop decides by itself is', async () => {
      await using world = await open();
      const user = address('a@contoso.example');
      await world.store.publish([
        { type: 'UserSyncStarted', batch, user, initial: true },
        { type: 'RemovalsHeld', batch, user, count: 40, folders: ['INBOX'] },
      ]);

      await world.audit.catchUp();

      expect((await readChain(world.audit)).entries).toMatchObject([{ type: 'RemovalsHeld', by: null }]);
    });

    test('an approval says which plan it binds to', async () => {
      await using world = await open();
      const planHash = 'ab'.repeat(32);
      await world.store.publish(
        [
          {
            type: 'ApprovalDecided',
            approval: '7F3A9C',
            planHash,
            batch,
            verdict: 'rejected',
            reason: 'not\r\nbefore Monday',
          },
        ],
        OPERATOR,
      );

      await world.audit.catchUp();

      expect((await readChain(world.audit)).entries).toMatchObject([
        { type: 'ApprovalDecided', batch, planHash, details: { approval: '7F3A9C', reason: 'not\r\nbefore Monday' } },
      ]);
    });

    test('nothing new, nothing added, however often it is asked', async () => {
      await using world = await open();
      await world.store.publish([{ type: 'BatchStarted', batch }], OPERATOR);
      const first = await world.audit.catchUp();

      const again = [await world.audit.catchUp(), await world.audit.catchUp()];

      expect(again).toEqual([first, first]);
      expect((await readChain(world.audit)).entries).toHaveLength(1);
    });

    test('many at once: every event is in the chain once', async () => {
      await using world = await open();
      const events = Array.from({ length: 1100 }, (_, count) => ({ type: 'UsersAdded' as const, batch, count }));
      for (const event of events) await world.store.publish([event], OPERATOR);

      await Promise.all(Array.from({ length: 8 }, () => world.audit.catchUp()));

      const { entries, problems } = await readChain(world.audit);
      expect(problems).toEqual([]);
      expect(entries.map(({ details }) => details['count'])).toEqual(events.map(({ count }) => count));
      expect(entries.at(-1)).toMatchObject({ seq: 1100, nth: 1100 });
    });

    test('a part of it is read from any entry on', async () => {
      await using world = await open();
      for (let count = 0; count < 5; count += 1)
        await world.store.publish([{ type: 'UsersAdded', batch, count }], OPERATOR);
      await world.audit.catchUp();

      const part = await Array.fromAsync(world.audit.lines(3), (line): unknown => JSON.parse(line));

      expect(part).toMatchObject([{ seq: 4 }, { seq: 5 }]);
    });
  });
}
