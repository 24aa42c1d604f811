import { noticeCard } from '../../cards/notice-card.ts';
import { requireBatch } from '../../engine/batches.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { userOverview } from '../../engine/queries.ts';
import { type Target, targetArgument } from './arguments.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

async function setNews(target: Target, mode: 'watch' | 'mute', context: CommandContext): Promise<CommandReply> {
  const { world, here, locale } = context;
  if (here === undefined) throw new MigrationError('OnlyInChat', { command: mode });
  // Nobody watches what does not exist.
  if ('user' in target) await userOverview(world, target.user);
  else await requireBatch(world, target.batch);
  const name = 'user' in target ? target.user : target.batch;
  await here.subscribe(name, mode);
  const { t } = locale;
  const other = mode === 'watch' ? 'mute' : 'watch';
  const card = noticeCard(
    {
      what: t.cluster.news,
      tone: mode === 'watch' ? 'done' : 'stopped',
      state: mode === 'watch' ? t.cluster.watchedState : t.cluster.mutedState,
      name,
      sentence: `${mode === 'watch' ? t.cluster.watched(name) : t.cluster.muted(name)} ${t.cluster.undo(`${other} ${name}`)}`,
    },
    [{ title: t.buttons.show, action: { verb: 'status', target: name } }],
  );
  return { view: { target: name, mode }, card };
}

export const watchCommand = command({
  usage: 'watch <batch|user@x>',
  title: 'Watch',
  help: 'Bring news about a batch or user into this conversation.',
  examples: ['watch sales-1', 'watch info@example.com'],
  aliases: ['beobachte', 'beobachten', 'follow', 'unmute'],
  permission: 'view',
  topic: 'Look',
  args: { target: targetArgument },
  run: ({ target }, context) => setNews(target, 'watch', context),
});

export const muteCommand = command({
  usage: 'mute <batch|user@x>',
  title: 'Mute',
  help: 'Keep news about a batch or user out of this conversation. The live card stays up to date.',
  examples: ['mute sales-1', 'mute info@example.com'],
  aliases: ['stumm', 'stummschalten', 'unwatch', 'unfollow'],
  permission: 'view',
  topic: 'Look',
  args: { target: targetArgument },
  run: ({ target }, context) => setNews(target, 'mute', context),
});
