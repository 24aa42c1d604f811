import { batchCard } from '../../cards/batch-card.ts';
import { skippedCard } from '../../cards/skipped-card.ts';
import { batchOverview } from '../../engine/queries.ts';
import { approveSkipped, skippedOf, unapprovedOf } from '../../engine/skipped.ts';
import type { UserAddress } from '../../engine/domain/ids.ts';
import { targetArgument, userArgument } from './arguments.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

export const skippedCommand = command({
  usage: 'skipped <user@x>',
  title: 'Skipped',
  help: 'Show the messages of a user that are not in the target, each with the reason. Subjects are shown in a personal chat.',
  examples: ['skipped info@example.com'],
  aliases: ['übersprungen', 'ausgelassen', 'skipped items'],
  permission: 'view',
  topic: 'Look',
  args: { user: userArgument },
  run: ({ user }, context) => show(context, user),
});

export const approveSkippedCommand = command({
  usage: 'approve skipped <batch|user@x>',
  title: 'Approve skipped',
  help: 'Let skipped messages be, with your name and the time. They stay out of the target, and the score stays what it is.',
  examples: ['approve skipped info@example.com', 'approve skipped sales-1'],
  aliases: ['übersprungene genehmigen', 'ausgelassene genehmigen'],
  permission: 'approve',
  topic: 'Finish',
  args: { target: targetArgument },
  async reach({ target }, { world }) {
    const found = await unapprovedOf(world, target);
    if (found.length === 0) return undefined;
    const count = found.reduce((sum, each) => sum + each.count, 0);
    return { count, sample: found.slice(0, 3).map((each) => each.user), of: 'messages' };
  },
  async run({ target }, context) {
    const { world, by, locale } = context;
    await approveSkipped(world, target, by);
    if ('user' in target) return show(context, target.user);
    const view = await batchOverview(world, target.batch);
    return { view, card: batchCard(view, locale), live: { batch: target.batch } };
  },
});

// A channel has readers who have no business with other people's mail.
async function show({ world, here, locale }: CommandContext, user: UserAddress): Promise<CommandReply> {
  const view = await skippedOf(world, user, here?.personal ?? true);
  return { view, card: skippedCard(view, locale) };
}
