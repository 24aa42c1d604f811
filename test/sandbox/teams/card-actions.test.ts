import { describe, expect, test } from 'vitest';
import { startLocalTeams } from '../../../sandbox/teams/local-teams.ts';
import type { LocalTeams } from '../../../sandbox/teams/local-teams.ts';
import type { Message } from '../../../sandbox/teams/conversation.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../../sandbox/teams/people.ts';
import { approvalCard, approverView, batchCard } from './sample-card.ts';
import { cardAnswer, errorAnswer, messageAnswer, startTestBot, withCard } from './test-bot.ts';
import type { BotBehaviour, TestBot } from './test-bot.ts';

interface Stage extends AsyncDisposable {
  readonly teams: LocalTeams;
  readonly bot: TestBot;
  readonly card: Message;
}

/** A channel in which the bot has answered with a card. */
async function stageWithCard(
  card: Record<string, unknown>,
  onCardAction: NonNullable<BotBehaviour['onCardAction']>,
  refreshPause = 60_000,
): Promise<Stage> {
  const teams = await startLocalTeams({
    bot: { id: '28:00000000-0000-4000-8000-00000000be11', name: 'Bellhop' },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
    refreshPause,
  });
  const bot = await startTestBot({
    async onMessage(context) {
      if (context.activity.text !== undefined) await context.sendActivity(withCard(card));
    },
    onCardAction,
  });
  await teams.setBot(bot.url);
  await teams.say('operator-a', teams.channel('Mail migration').id, '@Bellhop go');
  return {
    teams,
    bot,
    card: await teams.waitFor((message) => message.cards.length > 0, 5000),
    async [Symbol.asyncDispose]() {
      await teams.close();
      await bot[Symbol.asyncDispose]();
    },
  };
}

function fallbackText(card: Readonly<Record<string, unknown>> | undefined): unknown {
  return card?.['fallbackText'];
}

describe('Action.Execute', () => {
  test('reaches the bot with verb, data and inputs, and its card replaces the card of that person only', async () => {
    await using scene = await stageWithCard(batchCard('Syncing'), async () => cardAnswer(batchCard('Stopping')));

    const outcome = await scene.teams.clickAction('operator-a', scene.card, 'Stop batch', { note: 'now' });

    expect(outcome).toMatchObject({ kind: 'card' });
    expect(scene.bot.received.at(-1)).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: scene.card.id,
      from: { name: 'Operator A' },
      value: {
        action: { type: 'Action.Execute', verb: 'stopBatch', data: { batch: 'demo', note: 'now' } },
        trigger: 'manual',
      },
    });
    expect(fallbackText(scene.teams.cardSeenBy('operator-a', scene.card))).toBe('demo is Stopping');
    expect(fallbackText(scene.teams.cardSeenBy('viewer-a', scene.card))).toBe('demo is Syncing');
  });

  test('an edit by the bot is what everybody sees afterwards', async () => {
    await using scene = await stageWithCard(batchCard('Syncing'), async (context) => {
      await context.updateActivity({ ...withCard(batchCard('Stopped')), id: context.activity.replyToId ?? '' });
      return messageAnswer('Stopped.');
    });

    const outcome = await scene.teams.clickAction('operator-a', scene.card, 'stopBatch');

    expect(outcome).toEqual({ kind: 'message', text: 'Stopped.' });
    expect(fallbackText(scene.teams.cardSeenBy('operator-a', scene.card))).toBe('demo is Stopped');
    expect(fallbackText(scene.teams.cardSeenBy('viewer-a', scene.card))).toBe('demo is Stopped');
  });

  test('an error answer is an error with its code and text', async () => {
    await using scene = await stageWithCard(batchCard('Syncing'), async () =>
      errorAnswer('Forbidden', 'Only operators stop batches.'),
    );

    const outcome = await scene.teams.clickAction('viewer-a', scene.card, 'Stop batch');

    expect(outcome).toEqual({ kind: 'error', code: 'Forbidden', text: 'Only operators stop batches.' });
  });

  test('a button behind a ShowCard is found, one that is not on the card is not', async () => {
    await using scene = await stageWithCard(batchCard('Syncing'), async (_context, value) =>
      messageAnswer(JSON.stringify(value.action.data)),
    );

    const rejected = await scene.teams.clickAction('operator-a', scene.card, 'Reject', { reason: 'not yet' });

    expect(rejected).toEqual({ kind: 'message', text: '{"id":"A-1","reason":"not yet"}' });
    await expect(scene.teams.clickAction('operator-a', scene.card, 'Approve')).rejects.toThrow('no button Approve');
  });
});

test('Action.Submit arrives as a message with value and replyToId and without text', async () => {
  await using scene = await stageWithCard(batchCard('Syncing'), async () => messageAnswer(''));

  const outcome = await scene.teams.clickAction('operator-a', scene.card, 'Status');

  expect(outcome).toEqual({ kind: 'none' });
  expect(scene.bot.received.at(-1)).toMatchObject({
    type: 'message',
    value: { verb: 'status', batch: 'demo' },
    replyToId: scene.card.id,
  });
  expect(scene.bot.received.at(-1)?.text).toBeUndefined();
});

describe('personal views', () => {
  const [, approverA, approverB] = SAMPLE_PEOPLE;
  const approvers = [approverA?.id ?? '', approverB?.id ?? ''];

  test('opening the conversation refreshes the card for those in userIds, and for nobody else', async () => {
    await using scene = await stageWithCard(approvalCard(approvers), async (context) =>
      cardAnswer(approverView(context.activity.from.name)),
    );

    await scene.teams.open('approver-a', scene.card.conversationId);
    await scene.teams.open('operator-a', scene.card.conversationId);

    expect(scene.bot.received.filter(({ type }) => type === 'invoke')).toMatchObject([
      {
        from: { name: 'Approver A' },
        value: { trigger: 'automatic', action: { verb: 'approvalView', data: { id: 'A-1' } } },
      },
    ]);
    expect(JSON.stringify(scene.teams.cardSeenBy('approver-a', scene.card))).toContain('it is up to you');
    expect(JSON.stringify(scene.teams.cardSeenBy('operator-a', scene.card))).toContain('Waiting for an approver');
  });

  test('after a decision the edit takes the view from one approver and refreshes the other', async () => {
    await using scene = await stageWithCard(
      approvalCard(approvers),
      async (context, value) => {
        if (value.action.verb === 'approve') {
          await context.updateActivity({
            ...withCard(approvalCard(approvers.slice(1))),
            id: context.activity.replyToId ?? '',
          });
          return messageAnswer('Approved.');
        }
        return cardAnswer(approverView(context.activity.from.name));
      },
      0,
    );
    await scene.teams.open('approver-a', scene.card.conversationId);
    await scene.teams.open('approver-b', scene.card.conversationId);

    await scene.teams.clickAction('approver-a', scene.card, 'Approve');
    const after = await scene.teams.waitFor(
      ({ revision, views }) => revision > 3 && views[approvers[1] ?? ''] !== undefined,
      5000,
    );

    expect(Object.keys(after.views)).toEqual([approvers[1]]);
    await expect(scene.teams.clickAction('approver-a', scene.card, 'Approve')).rejects.toThrow('no button');
  });

  test('a card does not refresh again within a minute of the last invoke', async () => {
    await using scene = await stageWithCard(approvalCard(approvers), async () =>
      cardAnswer(approverView('Approver A')),
    );

    await scene.teams.open('approver-a', scene.card.conversationId);
    await scene.teams.open('approver-a', scene.card.conversationId);

    expect(scene.bot.received.filter(({ type }) => type === 'invoke')).toHaveLength(1);
  });
});
