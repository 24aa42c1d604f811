import { batchCard } from '../../cards/batch-card.ts';
import { userCard } from '../../cards/user-card.ts';
import { hasFailed, resumeUser, retryFailed, stopUser, syncNow } from '../../engine/batches.ts';
import type { UserAddress } from '../../engine/domain/ids.ts';
import { batchOverview, userOverview } from '../../engine/queries.ts';
import { targetArgument, userArgument } from './arguments.ts';
import { reachOfBatch } from './reach.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

async function showUser({ world, locale }: CommandContext, user: UserAddress): Promise<CommandReply> {
  const view = await userOverview(world, user);
  return { view, card: userCard(view, locale) };
}

export const syncNowCommand = command({
  usage: 'sync now <batch|user@x>',
  title: 'Sync now',
  help: 'Sync a batch or one user now, failed users included. A running sync is followed by another one.',
  examples: ['sync now sales-1', 'sync now info@example.com'],
  aliases: ['sync', 'jetzt synchronisieren', 'synchronisiere'],
  permission: 'operate',
  topic: 'Move',
  args: { target: targetArgument },
  reach: async ({ target }, { world }) =>
    'user' in target ? undefined : reachOfBatch(world, target.batch, (user) => user.status !== 'Stopped'),
  async run({ target }, context) {
    const { world, by, locale } = context;
    await syncNow(world, target, by);
    if ('user' in target) return showUser(context, target.user);
    const view = await batchOverview(world, target.batch);
    return { view, card: batchCard(view, locale), live: { batch: target.batch } };
  },
});

export const retryCommand = command({
  usage: 'retry <batch|user@x>',
  title: 'Retry',
  help: 'Try the failed users of a batch again, or one user. Nothing is copied twice.',
  examples: ['retry sales-1', 'retry info@example.com'],
  aliases: ['wiederhole', 'wiederholen', 'erneut versuchen', 'try again'],
  permission: 'operate',
  topic: 'Repair',
  args: { target: targetArgument },
  reach: async ({ target }, { world }) => ('user' in target ? undefined : reachOfBatch(world, target.batch, hasFailed)),
  async run({ target }, context) {
    const { world, by, locale } = context;
    if ('user' in target) {
      await syncNow(world, target, by);
      return showUser(context, target.user);
    }
    await retryFailed(world, target.batch, by);
    const view = await batchOverview(world, target.batch);
    return { view, card: batchCard(view, locale), live: { batch: target.batch } };
  },
});

export const stopUserCommand = command({
  usage: 'stop user <user@x>',
  title: 'Stop user',
  help: 'Stop the sync of one user.',
  examples: ['stop user info@example.com'],
  aliases: ['stoppe benutzer', 'benutzer stoppen'],
  permission: 'operate',
  topic: 'Repair',
  args: { user: userArgument },
  async run({ user }, context) {
    await stopUser(context.world, user, context.by);
    return showUser(context, user);
  },
});

export const resumeUserCommand = command({
  usage: 'resume user <user@x>',
  title: 'Resume user',
  help: 'Resume a stopped user; the sync starts at once.',
  examples: ['resume user info@example.com'],
  aliases: ['benutzer fortsetzen', 'start user'],
  permission: 'operate',
  topic: 'Repair',
  args: { user: userArgument },
  async run({ user }, context) {
    await resumeUser(context.world, user, context.by);
    return showUser(context, user);
  },
});
