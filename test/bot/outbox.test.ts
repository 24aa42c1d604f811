import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import { type LocalTeams, startLocalTeams } from '../../sandbox/teams/local-teams.ts';
import type { Place } from '../../src/bot/chat-port.ts';
import type { Documents } from '../../src/bot/conversation-book.ts';
import { Outbox, POSTS_PER_HOUR } from '../../src/bot/outbox.ts';
import { TeamsAdapter } from '../../src/bot/teams-adapter.ts';
import { noticeCard } from '../../src/cards/notice-card.ts';
import { TestClock, memoryDocuments } from '../support/memory-documents.ts';

const NO_IDENTITY = { appId: '', appPassword: '', appType: 'SingleTenant', tenantId: '' };
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The real adapter against a Teams on this machine that fails on purpose; only clock and memory are the test's. */
describe('the outbox: nothing lost, nothing twice', () => {
  let teams: LocalTeams;
  let place: Place;
  let clock: TestClock;
  let documents: Documents;
  let outbox: Outbox;

  beforeAll(async () => {
    teams = await startLocalTeams({
      bot: { id: '28:bellhop', name: 'Bellhop' },
      people: SAMPLE_PEOPLE,
      tenantId: SAMPLE_TENANT,
      rateLimits: false,
    });
    const { id } = teams.channel('Mail migration');
    place = {
      serviceUrl: teams.serviceUrl,
      channelId: 'msteams',
      conversationId: id,
      tenantId: SAMPLE_TENANT,
      botId: '28:bellhop',
      botName: 'Bellhop',
      personal: false,
    };
  });
  afterAll(() => teams.close());

  beforeEach(() => {
    teams.faults.clear();
    clock = new TestClock('2026-11-23T08:00:00Z');
    documents = memoryDocuments(clock);
    outbox = open();
  });

  function open(): Outbox {
    return new Outbox({
      documents,
      chat: new TeamsAdapter(NO_IDENTITY, true, LOG, clock),
      clock,
      timeScale: 1,
    });
  }

  async function post(name: string, box = outbox) {
    return box.post(name, place, async () =>
      noticeCard({ what: 'Test', tone: 'done', state: 'Here', name, sentence: 'Said once.' }),
    );
  }

  /** How often a card of this name stands in the channel. */
  function shown(name: string): number {
    return teams.messages(place.conversationId).filter((message) => JSON.stringify(message).includes(`"${name}"`))
      .length;
  }

  test('a post is sent once, whoever asks again', async () => {
    await post('once');
    await post('once');

    expect((await post('once', open()))?.state).toBe('posted');
    expect(shown('once')).toBe(1);
  });

  test('two processes that want the same post at the same moment send it once', async () => {
    await Promise.all([post('race'), post('race', open()), post('race', open())]);

    expect(shown('race')).toBe(1);
  });

  test('429 with Retry-After: it waits as long as Teams says, then it is there', async () => {
    teams.faults.add({ kind: 'throttle', retryAfter: 30 });

    expect(await post('throttled')).toBeUndefined();
    clock.pass(29_000);
    expect(await post('throttled')).toBeUndefined();
    expect(shown('throttled')).toBe(0);
    clock.pass(2_000);

    expect((await post('throttled'))?.state).toBe('posted');
    expect(shown('throttled')).toBe(1);
  });

  test('429 without Retry-After and 412 are tried again', async () => {
    teams.faults.add({ kind: 'throttle' });
    teams.faults.add({ kind: 'precondition' });
    for (let tries = 0; tries < 3; tries += 1) {
      await post('patient');
      clock.pass(10_000);
    }

    expect(shown('patient')).toBe(1);
  });

  test('502 although Teams took it: it is not sent a second time', async () => {
    teams.faults.add({ kind: 'gateway-after-store', times: 5 });

    expect((await post('taken'))?.state).toBe('unknown');
    await post('taken');
    await post('taken', open());

    expect(shown('taken')).toBe(1);
  });

  test('removed from the team: posts wait and come when Bellhop is back', async () => {
    teams.faults.add({ kind: 'blocked' });

    expect(await post('away')).toBeUndefined();
    clock.pass(60_000);
    expect(await post('away')).toBeUndefined();
    expect(await outbox.isClosed(place)).toBe(true);
    await outbox.reopen(place);

    expect((await post('away'))?.state).toBe('posted');
    expect(shown('away')).toBe(1);
  });

  test('a process that died while sending leaves an open answer: not sent again, and the doctor says so', async () => {
    await documents.put('claim:died:1', '1');
    await documents.put('post:died', JSON.stringify({ state: 'sending', at: clock.now(), tries: 1 }));
    clock.pass(120_000);

    expect((await post('died'))?.state).toBe('unknown');
    expect(shown('died')).toBe(0);
    expect(await outbox.findings()).toContainEqual({ what: 'unconfirmed', health: 'look', value: '1' });
  });

  test('however much there is to say: no 60 minutes see more posts than the cap, and everything comes', async () => {
    const times: number[] = [];
    const waiting = Array.from({ length: 35 }, (_, at) => `burst-${at}`);
    for (let minute = 0; minute < 300 && waiting.length > 0; minute += 1) {
      const [next] = waiting;
      if (next !== undefined && (await post(next)) !== undefined) {
        waiting.shift();
        times.push(clock.now());
      } else clock.pass(60_000);
    }

    expect(waiting).toEqual([]);
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + 3_600_000).length).toBeLessThanOrEqual(POSTS_PER_HOUR);
    expect(shown('burst-34')).toBe(1);
  });
});
