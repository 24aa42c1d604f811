import { planCard } from '../../cards/plan-card.ts';
import { plan, planView } from '../../engine/plan.ts';
import { targetArgument } from './arguments.ts';
import { command } from './command.ts';

export const planCommand = command({
  usage: 'plan <batch|user@x>',
  title: 'Plan',
  help: 'What the next sync would do: copy, move, change, remove, and what would wait for a person. Writes nothing.',
  examples: ['plan info@example.com', 'plan sales-1'],
  aliases: ['planen', 'vorschau', 'preview', 'what if'],
  permission: 'operate',
  topic: 'Look',
  args: { target: targetArgument },
  async run({ target }, { world, by, locale }) {
    const { request } = await plan(world, target, by);
    const view = await planView(world, target, request);
    return { view, card: planCard(view, locale), pending: { request, until: 'Planned' } };
  },
});
