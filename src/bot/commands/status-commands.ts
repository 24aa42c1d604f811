import { batchCard } from '../../cards/batch-card.ts';
import { failuresCard } from '../../cards/failures-card.ts';
import { statusCard } from '../../cards/status-card.ts';
import { userCard } from '../../cards/user-card.ts';
import { batchOverview, failuresOverview, statusOverview, userOverview } from '../../engine/queries.ts';
import { batchArgument, targetArgument } from './arguments.ts';
import { command } from './command.ts';

export const statusCommand = command({
  usage: 'status [batch|user@x]',
  title: 'Status',
  help: 'Show all batches, one batch, or one user.',
  examples: ['status', 'status sales-1', 'status info@example.com'],
  aliases: ['stand', 'show'],
  permission: 'view',
  topic: 'Look',
  args: { target: { ...targetArgument, optional: true } },
  async run({ target }, { world, locale }) {
    if (target === undefined) {
      const view = await statusOverview(world);
      return { view, card: statusCard(view, locale) };
    }
    if ('user' in target) {
      const view = await userOverview(world, target.user);
      return { view, card: userCard(view, locale) };
    }
    const view = await batchOverview(world, target.batch);
    return {
      view,
      card: batchCard(view, locale),
      cardFor: (eyes) => batchCard(view, locale, eyes),
      live: { batch: target.batch },
    };
  },
});

export const batchesCommand = command({
  usage: 'batches',
  title: 'Batches',
  help: 'Show all batches.',
  examples: ['batches'],
  aliases: ['list batches', 'alle batches'],
  permission: 'view',
  topic: 'Look',
  args: {},
  async run(_args, { world, locale }) {
    const view = await statusOverview(world);
    return { view, card: statusCard(view, locale) };
  },
});

export const failuresCommand = command({
  usage: 'failures [batch]',
  title: 'Failures',
  help: 'Show failed users by cause, each with the remedy.',
  examples: ['failures', 'failures sales-1'],
  aliases: ['errors', 'fehler'],
  permission: 'view',
  topic: 'Look',
  args: { batch: { ...batchArgument, optional: true } },
  async run({ batch }, { world, locale }) {
    const view = await failuresOverview(world, batch);
    return { view, card: failuresCard(view, locale) };
  },
});
