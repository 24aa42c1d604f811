import { userCard } from '../../cards/user-card.ts';
import { setPriority } from '../../engine/priorities.ts';
import { userOverview } from '../../engine/queries.ts';
import { priorityArgument, targetArgument } from './arguments.ts';
import { liveBatch } from './batch-commands.ts';
import { command } from './command.ts';

export const setPriorityCommand = command({
  usage: 'set priority <batch|user@x> <high|normal|low>',
  title: 'Set priority',
  help: "Say who comes first: a batch gets more or less of its endpoint's places, a user stands before or behind others of its batch. Nobody is passed over for ever.",
  examples: ['set priority sales-1 high', 'set priority info@example.com low'],
  aliases: ['priority', 'priorität', 'setze priorität', 'prioritise', 'prioritize'],
  permission: 'operate',
  topic: 'Move',
  args: { target: targetArgument, priority: priorityArgument },
  async run({ target, priority }, context) {
    const { world, by, locale } = context;
    await setPriority(world, target, priority, by);
    if ('batch' in target) return liveBatch(context, target.batch);
    const view = await userOverview(world, target.user);
    return { view, card: userCard(view, locale) };
  },
});
