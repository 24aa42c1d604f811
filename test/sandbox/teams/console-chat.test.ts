import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runConsoleChat } from '../../../sandbox/teams/console-chat.ts';
import { startLocalTeams } from '../../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../../sandbox/teams/people.ts';
import { batchCard } from './sample-card.ts';
import { cardAnswer, messageAnswer, startTestBot, withCard } from './test-bot.ts';

test('two people write, press buttons and see cards in the terminal', async () => {
  await using teams = await startLocalTeams({
    bot: { id: '28:00000000-0000-4000-8000-00000000be11', name: 'Bellhop' },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
  });
  await using bot = await startTestBot({
    async onMessage(context) {
      await context.sendActivity(withCard(batchCard('Syncing')));
    },
    async onCardAction(_context, value) {
      if (value.action.verb === 'stopBatch') return cardAnswer(batchCard('Stopped'));
      return messageAnswer(`Rejected: ${String(value.action.data?.['reason'])}`);
    },
  });
  await teams.setBot(bot.url);
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString('utf8')));

  const done = runConsoleChat(teams, { input, output });
  for (const line of [
    'start batch demo',
    '/press 1',
    '/as approver-a',
    '/press 3 not before Monday',
    '/press 9',
    '/nonsense',
    '/quit',
  ]) {
    input.write(`${line}\n`);
  }
  await done;

  expect(shown).toContain('You are Operator A (operator) in #Mail migration.');
  expect(shown).toContain('│ State: Syncing');
  expect(shown).toContain('│ State: Stopped');
  expect(shown).toContain('You are Approver A (approver) in #Mail migration.');
  expect(shown).toContain('Rejected: not before Monday');
  expect(shown).toContain('✕ There is no button 9');
  expect(bot.received.findLast(({ text }) => text !== undefined)?.text).toBe('<at>Bellhop</at>&nbsp;start batch demo');
});
