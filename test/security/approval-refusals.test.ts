import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import { approvalDone, decideApproval, requestApproval } from '../../src/engine/approvals.ts';
import type { Approval } from '../../src/engine/domain/approval.ts';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import { address, batchName } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { sampleUsers } from '../support/sample-users.ts';

const person = (name: string) => {
  const found = SAMPLE_PEOPLE.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is one of them`);
  return found;
};
const idOf = (name: string): string => person(name).aadObjectId;
const OPERATOR = { id: idOf('Operator A'), name: 'Operator A' };
const SECOND = { id: idOf('Approver B'), name: 'Approver B' };
const FOREIGN = '99999999-8888-4777-8666-555555555555';

let world: BotWorld;
let number = 0;
let asked: Approval;

beforeAll(async () => {
  world = await startBotWorld({
    BELLHOP_APPROVALS: '1',
    BELLHOP_VIEWERS: idOf('Viewer A'),
    BELLHOP_OPERATORS: idOf('Operator A'),
    // A guest may be named; that does not make one a colleague.
    BELLHOP_APPROVERS: ['Approver A', 'Approver B', 'Guest A'].map(idOf).join(','),
  });
  await world.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  number += 1;
  const batch = batchName(`batch-${number}`);
  await world.ask(`create batch ${batch} endpoint=mail-hq`, 'Operator A');
  const users = sampleUsers(batch, 2).map((user) => ({ ...user, address: address(`${batch}.${user.address}`) }));
  await world.opened.world.store.addUsers(users, [], OPERATOR);
  const plan = {
    text: `remove batch ${batch} sync=no`,
    title: 'Remove batch',
    count: 2,
    of: 'users',
    sample: [],
    batch,
  } as const;
  asked = await requestApproval(world.opened.world, plan, OPERATOR);
});

interface Hand {
  readonly from?: object;
  readonly tenant?: string;
  readonly verb?: unknown;
  readonly data?: object;
}

/** An activity as nobody's client makes it. */
async function post({ from, tenant = SAMPLE_TENANT, verb = 'approve', data }: Hand): Promise<string> {
  const { id, name, aadObjectId } = person('Approver A');
  const activity = {
    ...{ type: 'invoke', name: 'adaptiveCard/action', id: randomUUID(), channelId: 'msteams' },
    serviceUrl: world.teams.serviceUrl,
    from: { id, name, aadObjectId, ...from },
    recipient: world.teams.bot,
    conversation: { id: world.channel, conversationType: 'channel', tenantId: tenant },
    channelData: { tenant: { id: tenant } },
    value: { action: { type: 'Action.Execute', verb, data: data ?? { target: asked.id } }, trigger: 'manual' },
  };
  const response = await fetch(world.botUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  });
  return response.text();
}

const isThere = async (): Promise<boolean> =>
  (await world.opened.world.store.batch(batchName(`batch-${number}`))) !== undefined;
const now = (): Promise<Approval | undefined> => world.opened.world.store.approval(asked.id);

async function refusals(): Promise<readonly AuditEntry[]> {
  await world.opened.world.audit.catchUp();
  const lines = await Array.fromAsync(world.opened.world.audit.lines());
  const entries = lines.map((line): AuditEntry => JSON.parse(line));
  return entries.filter(({ type, batch }) => type === 'CommandRefused' && batch === `batch-${number}`);
}

const from = (name: string): object => {
  const { id, aadObjectId } = person(name);
  return { id, name, aadObjectId };
};

test('what is refused below would be taken from the right person', async () => {
  await post({});

  expect(await isThere()).toBe(false);
  expect((await now())?.state).toBe('done');
});

describe('made by hand, by the wrong person', () => {
  const ROWS: readonly (readonly [who: string, hand: Hand, code: string | undefined])[] = [
    ['who asked', { from: from('Operator A') }, 'NotAllowed'],
    ['who asked, under another name', { from: { ...from('Operator A'), name: 'Approver A' } }, 'NotAllowed'],
    ['who asked, with the Teams id of an approver', { from: { aadObjectId: idOf('Operator A') } }, 'NotAllowed'],
    ['a viewer', { from: from('Viewer A') }, 'NotAllowed'],
    ['a guest who is named an approver', { from: from('Guest A') }, 'NotAllowed'],
    ['a stranger', { from: { id: '29:x', name: 'Approver A', aadObjectId: randomUUID() } }, 'NotAllowed'],
    ['the object id of an approver, from another tenant', { tenant: FOREIGN }, 'NotAllowed'],
    ['nobody: without an object id', { from: { aadObjectId: undefined } }, undefined],
    ['an approver who breaks the glass without that role', { verb: 'say', data: { text: 'BREAK' } }, 'NotAllowed'],
  ];

  test.each(ROWS)('%s: nothing is done, nothing is decided, it is in the chain', async (_who, hand, code) => {
    const isGlass = hand.verb === 'say';
    await post(isGlass ? { ...hand, data: { text: `break glass ${asked.id} because` } } : hand);

    expect(await isThere()).toBe(true);
    expect(await now()).toEqual(asked);
    const [entry, ...more] = await refusals();
    expect(more).toEqual([]);
    expect(entry?.details['code']).toBe(code);
    expect(entry?.details['tenant']).toBe(hand.tenant);
  });
});

describe('made by hand, with what no button sends', () => {
  test.each<readonly [string, Hand]>([
    ['another id', { data: { target: '000000' } }],
    ['a list of ids', { data: { target: ['000000', 'FFFFFF'] } }],
    ['a command behind the id', { data: { target: '000000" "approve' } }],
    ['no id', { data: {} }],
    ['a verb that is none', { verb: 'approveAll' }],
    ['a verb of every object', { verb: 'constructor' }],
    ['a rejection without a reason', { verb: 'reject' }],
    ['a rejection whose reason is blank', { verb: 'reject', data: { target: 'ID', reason: ' \n ' } }],
    ['the words of an approval for somebody else', { verb: 'say', data: { text: 'approve' } }],
  ])('%s: nothing is done, nothing is decided', async (_what, hand) => {
    const { target, ...data } = { ...hand.data } as { target?: unknown };
    await post(target === 'ID' ? { ...hand, data: { ...data, target: asked.id } } : hand);

    expect(await isThere()).toBe(true);
    expect(await now()).toEqual(asked);
  });
});

describe('made by hand, too late', () => {
  const engine = () => world.opened.world;
  const ROWS: readonly (readonly [state: string, words: string, over: () => Promise<unknown>])[] = [
    ['rejected', 'Rejected', () => decideApproval(engine(), asked.id, { verdict: 'rejected', reason: 'no' }, SECOND)],
    [
      'expired',
      'Expired',
      () => engine().store.changeApproval(asked.id, (each) => ({ to: { ...each, expiresAt: 1 }, events: [] })),
    ],
    [
      'void',
      'Void',
      () => engine().store.changeApproval(asked.id, (each) => ({ to: { ...each, state: 'void' }, events: [] })),
    ],
    [
      'done',
      'Approved and done',
      () =>
        decideApproval(engine(), asked.id, { verdict: 'approved' }, SECOND).then(() =>
          approvalDone(engine(), asked.id),
        ),
    ],
    [
      'being carried out',
      'Being carried out',
      () => decideApproval(engine(), asked.id, { verdict: 'approved' }, SECOND),
    ],
  ];

  test.each(ROWS)('%s: no click changes it; the card says how it stands', async (_state, words, over) => {
    await over();
    const before = await now();

    expect(await post({})).toContain(words);
    expect(await post({ verb: 'reject', data: { target: asked.id, reason: 'late' } })).toContain(words);
    await post({ from: from('Operator A') });

    expect(await isThere()).toBe(true);
    // Expired is noted by whoever looks next.
    expect({ ...(await now()), state: '' }).toEqual({ ...before, state: '' });
  });
});
