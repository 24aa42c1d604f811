import { MessageFactory, TeamsInfo } from 'botbuilder';
import type { TurnContext } from 'botbuilder';
import { describe, expect, test } from 'vitest';
import { startLocalTeams } from '../../../sandbox/teams/local-teams.ts';
import type { LocalTeams, LocalTeamsOptions } from '../../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT, samplePerson } from '../../../sandbox/teams/people.ts';
import { batchCard } from './sample-card.ts';
import { startTestBot, withCard } from './test-bot.ts';
import type { BotBehaviour, TestBot } from './test-bot.ts';

const BOT = { id: '28:00000000-0000-4000-8000-00000000be11', name: 'Bellhop' };
const OPTIONS: LocalTeamsOptions = { bot: BOT, people: SAMPLE_PEOPLE, tenantId: SAMPLE_TENANT };

interface Stage extends AsyncDisposable {
  readonly teams: LocalTeams;
  readonly bot: TestBot;
  readonly channelId: string;
}

async function stage(behaviour: BotBehaviour = {}, options: Partial<LocalTeamsOptions> = {}): Promise<Stage> {
  const teams = await startLocalTeams({ ...OPTIONS, ...options });
  const bot = await startTestBot(behaviour);
  await teams.setBot(bot.url);
  return {
    teams,
    bot,
    channelId: teams.channel('Mail migration').id,
    async [Symbol.asyncDispose]() {
      await teams.close();
      await bot[Symbol.asyncDispose]();
    },
  };
}

/** Sends something later, outside of the turn, as the notifier does. Returns the error's status, or the id sent. */
async function later(
  { bot, teams }: Stage,
  conversationId: string,
  run: (context: TurnContext) => Promise<unknown>,
): Promise<unknown> {
  const reference = {
    bot: BOT,
    channelId: 'msteams',
    serviceUrl: teams.serviceUrl,
    conversation: { id: conversationId },
  };
  let result: unknown;
  await bot.adapter.continueConversationAsync('', reference as never, async (context) => {
    result = await run(context).catch((error: { statusCode?: number; code?: string }) => [
      error.statusCode,
      error.code,
    ]);
  });
  return result;
}

describe('what the bot receives', () => {
  test('a mention in a channel arrives as Teams sends it, and the reply lands in its thread', async () => {
    await using scene = await stage({
      async onMessage(context) {
        await context.sendActivity(MessageFactory.text('ok'));
      },
    });

    const said = await scene.teams.say('operator-a', scene.channelId, '@Bellhop start batch <demo> & more');

    const activity = scene.bot.received.at(-1);
    expect(activity).toMatchObject({
      type: 'message',
      channelId: 'msteams',
      text: '<at>Bellhop</at>&nbsp;start batch &lt;demo&gt; &amp; more',
      textFormat: 'plain',
      locale: 'en-US',
      localTimezone: 'Etc/UTC',
      serviceUrl: scene.teams.serviceUrl,
      recipient: BOT,
      from: { name: 'Operator A' },
      conversation: {
        conversationType: 'channel',
        isGroup: true,
        tenantId: SAMPLE_TENANT,
        id: `${scene.channelId};messageid=${said.id}`,
      },
      channelData: { tenant: { id: SAMPLE_TENANT }, channel: { id: scene.channelId } },
    });
    expect(activity?.from.id).toMatch(/^29:/u);
    expect(activity?.from.aadObjectId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/u);
    expect(activity?.entities?.[0]).toEqual({ type: 'mention', text: '<at>Bellhop</at>', mentioned: BOT });
    expect(said).toMatchObject({ delivery: 'taken' });
    expect(scene.teams.messages(scene.channelId).at(-1)).toMatchObject({
      text: 'ok',
      rootId: said.id,
      author: { kind: 'bot' },
    });
  });

  test('what does not mention the bot stays among people', async () => {
    await using scene = await stage();
    const before = scene.bot.received.length;

    const said = await scene.teams.say('viewer-a', scene.channelId, 'Is it lunch yet?');

    expect(said.delivery).toBeUndefined();
    expect(scene.bot.received).toHaveLength(before);
  });

  test('a personal chat needs no mention and carries the person as its only member', async () => {
    await using scene = await stage();
    const chat = scene.teams.chatOf('approver-b');

    await scene.teams.say('approver-b', chat.id, 'status');

    expect(scene.bot.received.at(-1)).toMatchObject({
      text: 'status',
      conversation: { id: chat.id, conversationType: 'personal', tenantId: SAMPLE_TENANT },
    });
    expect(scene.bot.received.at(-1)?.conversation.isGroup).toBeUndefined();
  });

  test('installing tells the bot of the team once and of every chat, removing it tells it again', async () => {
    await using scene = await stage();
    const types = scene.bot.received.map(({ type, conversation }) => `${type} ${conversation.conversationType}`);

    await scene.teams.uninstall(scene.channelId);

    expect(types.filter((type) => type === 'installationUpdate channel')).toHaveLength(1);
    expect(types.filter((type) => type === 'conversationUpdate personal')).toHaveLength(SAMPLE_PEOPLE.length);
    expect(scene.bot.received.at(-1)).toMatchObject({ type: 'installationUpdate', action: 'remove' });
  });

  test('somebody of another tenant is recognisable by the tenant of the message', async () => {
    const stranger = { ...samplePerson('Stranger A', 'operator'), tenantId: '11111111-1111-4111-8111-111111111111' };
    await using scene = await stage({}, { people: [...SAMPLE_PEOPLE, stranger] });

    await scene.teams.say('stranger-a', scene.channelId, '@Bellhop status');

    expect(scene.bot.received.at(-1)).toMatchObject({
      conversation: { tenantId: SAMPLE_TENANT },
      channelData: { tenant: { id: stranger.tenantId } },
    });
  });

  test('a bot that is not there leaves the message marked as not taken', async () => {
    await using teams = await startLocalTeams(OPTIONS);

    const said = await teams.say('operator-a', teams.channel('Mail migration').id, '@Bellhop help');

    expect(said.delivery).toBe('failed');
  });
});

describe('what the bot may do', () => {
  test('an edit changes the message in place, a deletion empties it, both only for its own messages', async () => {
    await using scene = await stage();
    const said = await scene.teams.say('operator-a', scene.channelId, '@Bellhop start batch demo');
    const thread = `${scene.channelId};messageid=${said.id}`;
    const posted = await later(scene, thread, (context) => context.sendActivity(withCard(batchCard('Syncing'))));
    const id = (posted as { id: string }).id;

    await later(scene, thread, (context) => context.updateActivity({ ...withCard(batchCard('Synced')), id }));
    const edited = scene.teams.messages(scene.channelId).find((message) => message.id === id);
    const foreign = await later(scene, thread, (context) =>
      context.updateActivity({ ...withCard(batchCard('x')), id: said.id }),
    );
    await later(scene, thread, (context) => context.deleteActivity(id));
    const again = await later(scene, thread, (context) => context.updateActivity({ ...withCard(batchCard('x')), id }));

    expect(id).toMatch(/^\d{13}$/u);
    expect(edited).toMatchObject({ revision: 2, rootId: said.id, cards: [{ fallbackText: 'demo is Synced' }] });
    expect(foreign).toEqual([403, 'Forbidden']);
    expect(scene.teams.messages(scene.channelId).at(-1)).toMatchObject({ deleted: true, cards: [] });
    expect(again).toEqual([404, 'ActivityNotFoundInConversation']);
  });

  test('a new thread in a channel is created with its first message', async () => {
    await using scene = await stage();
    const daily = scene.teams.channel('Daily report').id;
    const activity = { type: 'message', text: 'Report' };
    const parameters = { isGroup: true, channelData: { channel: { id: daily } }, activity };

    let thread = '';
    await scene.bot.adapter.createConversationAsync(
      '',
      'msteams',
      scene.teams.serviceUrl,
      '',
      parameters as never,
      async (context) => {
        thread = context.activity.conversation.id;
      },
    );

    const report = scene.teams.messages(daily).at(-1);
    expect(thread).toBe(`${daily};messageid=${report?.id}`);
    expect(report).toMatchObject({ text: 'Report', author: { kind: 'bot' } });
    expect(report?.rootId).toBeUndefined();
  });

  test('a chat with one person is found by their id; one with several people is refused', async () => {
    await using scene = await stage();
    const [operator, approver] = SAMPLE_PEOPLE;
    const create = (ids: readonly (string | undefined)[]): Promise<Response> =>
      fetch(`${scene.teams.serviceUrl}v3/conversations`, {
        method: 'POST',
        body: JSON.stringify({ members: ids.map((id) => ({ id })), tenantId: SAMPLE_TENANT }),
      });

    const one = await create([operator?.id]);
    const two = await create([operator?.id, approver?.id]);

    expect([one.status, await one.json()]).toEqual([201, { id: scene.teams.chatOf('operator-a').id }]);
    expect([two.status, await two.json()]).toMatchObject([400, { error: { code: 'BadSyntax' } }]);
  });

  test('the roster names everybody with role, tenant and object id, page by page', async () => {
    await using scene = await stage();

    const paged = await later(scene, scene.channelId, (context) => TeamsInfo.getPagedMembers(context, 2));
    const guest = await later(scene, scene.channelId, (context) =>
      TeamsInfo.getMember(context, scene.teams.people.at(-1)?.aadObjectId ?? ''),
    );
    const nobody = await later(scene, scene.channelId, (context) => TeamsInfo.getMember(context, '29:nobody'));

    expect(paged).toMatchObject({ members: [{ name: 'Operator A' }, { name: 'Approver A' }], continuationToken: '2' });
    expect(guest).toMatchObject({ name: 'Guest A', userRole: 'guest', tenantId: SAMPLE_TENANT });
    expect(nobody).toEqual([404, 'MemberNotFoundInConversation']);
  });

  test('team details and channels are there for a bot that is installed, and for no other', async () => {
    await using scene = await stage();
    const teamId = scene.teams.channel('Mail migration').team?.id ?? '';

    const details = await fetch(`${scene.teams.serviceUrl}v3/teams/${encodeURIComponent(teamId)}`);
    const channels = await fetch(`${scene.teams.serviceUrl}v3/teams/${encodeURIComponent(teamId)}/conversations`);
    await scene.teams.uninstall(scene.channelId);
    const refused = await later(scene, scene.channelId, (context) => context.sendActivity('hello'));

    expect(await details.json()).toMatchObject({ id: teamId, name: 'IT operations', channelCount: 2, memberCount: 5 });
    expect(await channels.json()).toMatchObject({
      conversations: [{ name: 'Mail migration' }, { name: 'Daily report' }],
    });
    expect(refused).toEqual([403, 'BotNotInConversationRoster']);
  });

  test.each([
    ['a message above 100 KB in UTF-16', MessageFactory.text('x'.repeat(52_000)), [413, 'MessageSizeTooBig']],
    [
      'a card attachment without a card',
      { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: {} }] },
      [400, 'BadSyntax'],
    ],
  ])('%s is refused', async (_name, activity, expected) => {
    await using scene = await stage();

    const result = await later(scene, scene.channelId, (context) => context.sendActivity(activity));

    expect(result).toEqual(expected);
  });
});

test('a targeted message is seen by one person only', async () => {
  await using scene = await stage();
  const [, approver] = SAMPLE_PEOPLE;
  const post = (recipient: string | undefined): Promise<Response> =>
    fetch(
      `${scene.teams.serviceUrl}v3/conversations/${encodeURIComponent(scene.channelId)}/activities?isTargetedActivity=true`,
      { method: 'POST', body: JSON.stringify({ type: 'message', text: 'for you', recipient: { id: recipient } }) },
    );
  const seenBy = async (handle: string): Promise<string> =>
    (await fetch(`${scene.teams.url}/api/state?as=${handle}`)).text();

  const sent = await post(approver?.id);
  const toNobody = await post('29:nobody');

  expect([sent.status, toNobody.status]).toEqual([201, 400]);
  expect(await seenBy('approver-a')).toContain('for you');
  expect(await seenBy('operator-a')).not.toContain('for you');
});

describe('limits and faults', () => {
  test('the eighth message within a second gets 429, in this conversation only', async () => {
    await using scene = await stage();
    const chat = scene.teams.chatOf('operator-a').id;

    const results = await later(scene, scene.channelId, async (context) => {
      const ids: unknown[] = [];
      for (let index = 0; index < 8; index += 1) {
        ids.push(
          await context.sendActivity(`${index}`).then(
            () => 'sent',
            (error: { statusCode: number }) => error.statusCode,
          ),
        );
      }
      return ids;
    });
    const elsewhere = await later(scene, chat, (context) => context.sendActivity('hello'));

    expect(results).toEqual([...Array.from({ length: 7 }, () => 'sent'), 429]);
    expect(elsewhere).toMatchObject({ id: expect.stringMatching(/^\d+$/u) });
  });

  test('faults hit the next fitting call and are recorded with what was sent', async () => {
    await using scene = await stage({}, { rateLimits: false });
    const send = (): Promise<unknown> => later(scene, scene.channelId, (context) => context.sendActivity('hello'));

    scene.teams.faults.add({ kind: 'blocked' });
    const blocked = await send();
    scene.teams.faults.add({ kind: 'precondition' });
    const precondition = await send();
    const free = (await send()) as { id: string };
    scene.teams.faults.add({ kind: 'lost-activity', on: ['edit'] });
    const lost = await later(scene, scene.channelId, (context) =>
      context.updateActivity({ type: 'message', text: 'x', id: free.id }),
    );

    expect([blocked, precondition, lost]).toEqual([
      [403, 'MessageWritesBlocked'],
      [412, 'PreconditionFailed'],
      [404, 'ActivityNotFoundInConversation'],
    ]);
    expect(scene.teams.sent.slice(-4).map(({ method, status }) => `${method} ${status}`)).toEqual([
      'POST 403',
      'POST 412',
      'POST 201',
      'PUT 404',
    ]);
  });

  test('a 502 after the message was stored shows why a blind retry is dangerous: the post is there twice', async () => {
    await using scene = await stage({}, { rateLimits: false });
    scene.teams.faults.add({ kind: 'gateway-after-store' });

    await later(scene, scene.channelId, (context) => context.sendActivity('only once, please'));

    expect(scene.teams.messages(scene.channelId).filter(({ text }) => text === 'only once, please')).toHaveLength(2);
  });
});
