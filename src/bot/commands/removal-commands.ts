import { batchCard } from '../../cards/batch-card.ts';
import { userCard } from '../../cards/user-card.ts';
import type { OwnerFinding } from '../../engine/domain/owner-findings.ts';
import { batchOverview, userOverview } from '../../engine/queries.ts';
import { applyDeletions, askForMissing, heldRemovalsOf, missingOf } from '../../engine/removals.ts';
import { targetArgument, userArgument } from './arguments.ts';
import { type Reach, command } from './command.ts';

export const applyDeletionsCommand = command({
  usage: 'apply deletions <batch|user@x>',
  title: 'Apply deletions',
  approval: true,
  help: 'Let removals go that were held because too much left the source at once. Items go to Deleted Items, never for good.',
  examples: ['apply deletions info@example.com', 'apply deletions sales-1'],
  aliases: ['löschungen anwenden', 'löschungen übernehmen'],
  permission: 'operate',
  topic: 'Repair',
  args: { target: targetArgument },
  reach: async ({ target }, { world }) => asked(await heldRemovalsOf(world, target)),
  async run({ target }, { world, by, locale }) {
    await applyDeletions(world, target, by);
    if ('user' in target) {
      const view = await userOverview(world, target.user);
      return { view, card: userCard(view, locale) };
    }
    const view = await batchOverview(world, target.batch);
    return { view, card: batchCard(view, locale), live: { batch: target.batch } };
  },
});

export const restoreMissingCommand = command({
  usage: 'restore missing <user@x>',
  title: 'Restore missing',
  approval: true,
  help: 'Bring back mail that was deleted in the target or is missing there. Shows how much first, and does it once you confirm.',
  examples: ['restore missing info@example.com'],
  aliases: ['fehlende wiederherstellen', 'fehlende zurückholen'],
  permission: 'operate',
  topic: 'Repair',
  args: { user: userArgument },
  reach: async ({ user }, { world }) => asked(await missingOf(world, user)),
  async run({ user }, { world, by, locale }) {
    if ((await missingOf(world, user)).count > 0) await askForMissing(world, user, by);
    const view = await userOverview(world, user);
    return { view, card: userCard(view, locale) };
  },
});

// Asks whenever there is anything to do: both change what people see in their mailbox.
function asked({ count, folders }: OwnerFinding): Reach | undefined {
  return count === 0 ? undefined : { count, sample: folders, of: 'messages' };
}
