import { batchCard } from '../../cards/batch-card.ts';
import { noticeCard } from '../../cards/notice-card.ts';
import { userCard } from '../../cards/user-card.ts';
import { completeBatch, removeBatch, removeEndpoint, removeUser, usersToEnd } from '../../engine/ending.ts';
import type { BatchName } from '../../engine/domain/ids.ts';
import { planCompletion, usersToComplete } from '../../engine/completion.ts';
import { refuseDuringCutover } from '../../engine/cutover.ts';
import { batchOverview, userOverview } from '../../engine/queries.ts';
import { batchArgument, endpointArgument, momentArgument, momentOf, readYesNo, userArgument } from './arguments.ts';
import { type Argument, type CommandContext, type CommandReply, type Reach, command } from './command.ts';

/** Every ending is preceded by a last sync unless a person does without it. */
const lastSyncArgument = {
  read: readYesNo,
  expects: 'sync=yes or sync=no',
  named: true,
  optional: true,
  also: ['last-sync', 'letzter-sync'],
} satisfies Argument<boolean>;

const SAMPLE = 3;

export const completeBatchCommand = command({
  usage: 'complete batch <batch> [sync=yes|no] [at=YYYY-MM-DDTHH:MM]',
  title: 'Complete batch',
  approval: true,
  help: 'Finish a batch: a last verified sync of every user, then the passwords are forgotten. sync=no does without the last sync. With at=, it is done then; who has to agree is asked now.',
  examples: ['complete batch sales-1', 'complete batch sales-1 sync=no', 'complete batch sales-1 at=2026-12-06T22:00'],
  aliases: ['batch abschließen', 'complete', 'abschließen', 'finish batch'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, sync: lastSyncArgument, at: { ...momentArgument, also: ['am', 'um'] } },
  async reach({ batch, at }, context) {
    await refuseDuringCutover(context.world, batch);
    return at === undefined ? reachOf(context, batch, 'complete') : usersToComplete(context.world, batch);
  },
  async run({ batch, sync = true, at: text }, context) {
    const { world, by, locale, approved } = context;
    await refuseDuringCutover(world, batch);
    if (text === undefined) await completeBatch(world, batch, { lastSync: sync }, by);
    else {
      const agreed = approved === undefined ? undefined : (await usersToComplete(world, batch))?.count;
      await planCompletion(world, batch, momentOf(text, context, 'complete batch'), by, agreed);
    }
    const view = await batchOverview(world, batch);
    return { view, card: batchCard(view, locale), live: { batch } };
  },
});

export const removeBatchCommand = command({
  usage: 'remove batch <batch> [sync=yes|no]',
  title: 'Remove batch',
  approval: true,
  help: 'Remove a batch and its users after a last sync; sync=no does without it. Mail stays in the target, passwords are forgotten.',
  examples: ['remove batch sales-1', 'remove batch sales-1 sync=no'],
  aliases: ['delete batch', 'batch entfernen', 'batch löschen'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, sync: lastSyncArgument },
  reach: ({ batch }, context) => reachOf(context, batch, 'remove'),
  async run({ batch, sync = true }, context) {
    const { world, by, locale } = context;
    await removeBatch(world, batch, { lastSync: sync }, by);
    if ((await world.store.batch(batch)) === undefined) return gone(batch, 'batch', context);
    const view = await batchOverview(world, batch);
    return { view, card: batchCard(view, locale), live: { batch } };
  },
});

export const removeUserCommand = command({
  usage: 'remove user <user@x> [sync=yes|no]',
  title: 'Remove user',
  help: 'Remove a user from its batch after a last sync; sync=no does without it. Mail stays in the target, the password is forgotten.',
  examples: ['remove user info@example.com', 'remove user info@example.com sync=no'],
  aliases: ['delete user', 'benutzer entfernen', 'benutzer löschen'],
  permission: 'operate',
  topic: 'Finish',
  args: { user: userArgument, sync: lastSyncArgument },
  async run({ user, sync = true }, context) {
    const { world, by, locale } = context;
    await removeUser(world, user, { lastSync: sync }, by);
    if ((await world.store.user(user)) === undefined) return gone(user, 'user', context);
    const view = await userOverview(world, user);
    return { view, card: userCard(view, locale) };
  },
});

export const removeEndpointCommand = command({
  usage: 'remove endpoint <name>',
  title: 'Remove endpoint',
  help: 'Remove a source server no batch uses any more.',
  examples: ['remove endpoint mail-hq'],
  aliases: ['delete endpoint', 'endpunkt entfernen', 'endpunkt löschen'],
  permission: 'operate',
  topic: 'Set up',
  args: { name: endpointArgument },
  async run({ name }, context) {
    await removeEndpoint(context.world, name, context.by);
    return gone(name, 'endpoint', context);
  },
});

function gone(name: string, what: 'batch' | 'user' | 'endpoint', { locale: { t } }: CommandContext): CommandReply {
  const card = noticeCard({ what: t.ending.what, tone: 'done', state: t.ending.gone, name, sentence: t.ending[what] });
  return { view: { removed: name }, card };
}

// Nobody ends a batch by a slip: it is always said first whom it touches.
async function reachOf(
  { world }: CommandContext,
  batch: BatchName,
  ending: 'complete' | 'remove',
): Promise<Reach | undefined> {
  const users = await usersToEnd(world, batch, ending);
  if (users.length === 0) return undefined;
  return { count: users.length, sample: users.slice(0, SAMPLE).map((user) => user.address) };
}
