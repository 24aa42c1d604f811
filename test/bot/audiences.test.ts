import { describe, expect, test } from 'vitest';
import { Audiences, type Member } from '../../src/bot/audiences.ts';
import type { Place } from '../../src/bot/chat-port.ts';
import { type MemberGroups, Roles } from '../../src/bot/permissions.ts';
import { NOBODY } from '../../src/cards/eyes.ts';
import type { Clock } from '../../src/engine/ports.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PLACE: Place = {
  serviceUrl: 'https://smba.trafficmanager.net/teams/',
  channelId: 'msteams',
  conversationId: '19:c@thread.tacv2;messageid=1',
  tenantId: 'home',
  botId: '28:b',
  botName: 'Bellhop',
  personal: false,
};

function member(id: string, more: Partial<Member> = {}): Member {
  return { id, chatId: `29:${id}`, name: id, tenantId: 'home', guest: false, ...more };
}

/** Time stands still and nobody's patience ends, unless the test says so. */
function still(patience: Promise<void> = new Promise(() => undefined)): Clock & { at: number } {
  const clock = { at: 0, now: () => clock.at, sleep: () => patience };
  return clock;
}

function audiences(groups?: MemberGroups, clock: Clock = still()): Audiences {
  const many = Array.from({ length: 200 }, (_, at) => `a${at}`);
  const people = { viewers: ['v'], operators: ['o'], approvers: ['group-approvers', ...many], tenants: ['home'], sandbox: false };
  return new Audiences({ roles: new Roles({ people, groups, clock, log: LOG }), clock, log: LOG });
} // prettier-ignore

const ids = (people: readonly { id: string }[]): readonly string[] => people.map(({ id }) => id);

describe('who sees a card differently', () => {
  test('approvers and viewers of the roster; no guest, no stranger, nobody of another tenant', async () => {
    const roster = [
      member('a1'),
      member('a2', { guest: true }),
      member('a3', { tenantId: 'elsewhere' }),
      member('', { chatId: '29:nobody' }),
      member('o'),
      member('v'),
      member('stranger'),
    ];

    const { approvers, viewers } = await audiences().of(PLACE, async () => roster);

    expect(approvers).toEqual([{ id: 'a1', chatId: '29:a1', name: 'a1' }]);
    expect(ids(viewers)).toEqual(['v']);
  });

  test('an approver by group is one', async () => {
    const groups: MemberGroups = async (id) => (id === 'g' ? ['group-approvers'] : []);

    expect(ids((await audiences(groups).of(PLACE, async () => [member('g'), member('x')])).approvers)).toEqual(['g']);
  });

  test('of a large conversation at most sixty, and groups are not asked about its people', async () => {
    let asked = 0;
    const groups: MemberGroups = async () => {
      asked += 1;
      return [];
    };
    const roster = Array.from({ length: 500 }, (_, at) => member(`a${at}`));

    const { approvers } = await audiences(groups).of(PLACE, async () => roster);

    expect(approvers).toHaveLength(60);
    expect(asked).toBe(0);
  });

  test('groups that do not answer keep nobody waiting: who is named counts', async () => {
    const never: MemberGroups = () => new Promise(() => undefined);
    const clock = still(Promise.resolve());

    const { approvers } = await audiences(never, clock).of(PLACE, async () => [member('g'), member('a1')]);

    expect(ids(approvers)).toEqual(['a1']);
  });

  test('without a roster the card is the same for everybody', async () => {
    expect(await audiences().of(PLACE, () => Promise.reject(new Error('down')))).toEqual(NOBODY);
  });

  test('alone with Bellhop nobody else is asked about', async () => {
    const roster = (): Promise<readonly Member[]> => Promise.reject(new Error('not to be asked'));

    expect(await audiences().of({ ...PLACE, personal: true }, roster)).toEqual(NOBODY);
  });

  test('a roster is read once in five minutes, for all threads of a channel', async () => {
    const clock = still();
    const known = audiences(undefined, clock);
    let read = 0;
    const roster = async (): Promise<readonly Member[]> => {
      read += 1;
      return [member('a1')];
    };

    await known.of(PLACE, roster);
    await known.of({ ...PLACE, conversationId: '19:c@thread.tacv2;messageid=2' }, roster);
    expect(read).toBe(1);

    clock.at += 300_001;
    await known.of(PLACE, roster);
    expect(read).toBe(2);
  });
});
