import { batchCard } from '../../cards/batch-card.ts';
import type { Card } from '../../cards/elements.ts';
import type { Eyes } from '../../cards/eyes.ts';
import { checkCard } from '../../cards/check-card.ts';
import { isAtRest, resumeBatch, startBatch, stopBatch } from '../../engine/batches.ts';
import type { BatchName } from '../../engine/domain/ids.ts';
import { checkBatch, requireCheck } from '../../engine/preflight.ts';
import { batchCheck, batchOverview } from '../../engine/queries.ts';
import { batchArgument } from './arguments.ts';
import { reachOfBatch } from './reach.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

/** The answer of commands that change a batch: its live card. */
export async function liveBatch({ world, locale }: CommandContext, batch: BatchName): Promise<CommandReply> {
  const view = await batchOverview(world, batch);
  const cardFor = (eyes: Eyes): Card => batchCard(view, locale, eyes);
  return { view, card: batchCard(view, locale), cardFor, live: { batch } };
}

export const checkBatchCommand = command({
  usage: 'check batch <batch>',
  title: 'Check batch',
  help: 'Dry run: every target mailbox, sign-in, folder and size is looked at, nothing is written.',
  examples: ['check batch sales-1'],
  aliases: ['batch prüfen', 'prüfe batch'],
  permission: 'operate',
  topic: 'Move',
  args: { batch: batchArgument },
  async run({ batch }, { world, by, locale }) {
    const { request } = await checkBatch(world, batch, by);
    const view = await batchCheck(world, batch);
    if (view === undefined) throw new RangeError('A check that was just started has a state.');
    return { view, card: checkCard(view, locale), pending: { request, until: 'BatchChecked' } };
  },
});

export const startBatchCommand = command({
  usage: 'start batch <batch> [check=<hash>]',
  title: 'Start batch',
  help: 'Start the initial sync of every user in a batch; in a running batch, try its failed users again. With check=, only when nothing changed since that check.',
  examples: ['start batch sales-1', 'start batch sales-1 check=7f3a9c01d2e4b586'],
  aliases: ['starte batch', 'batch starten', 'start', 'starte'],
  permission: 'operate',
  topic: 'Move',
  args: {
    batch: batchArgument,
    check: {
      read: (text: string) => (/^[0-9a-f]{16}$/i.test(text) ? text.toLowerCase() : undefined),
      expects: 'the 16 digits of a check, as its card shows them',
      named: true,
      optional: true,
      also: ['prüfung'],
    },
  },
  reach: ({ batch }, { world }) => reachOfBatch(world, batch, isAtRest),
  async run({ batch, check }, context) {
    if (check !== undefined) await requireCheck(context.world, batch, check);
    await startBatch(context.world, batch, context.by);
    return liveBatch(context, batch);
  },
});

export const stopBatchCommand = command({
  usage: 'stop batch <batch>',
  title: 'Stop batch',
  help: 'Stop every sync of a batch. What was copied stays; resume any time.',
  examples: ['stop batch sales-1'],
  aliases: ['stoppe batch', 'batch stoppen', 'pause batch', 'batch anhalten', 'stop', 'pause', 'stoppe'],
  permission: 'operate',
  topic: 'Move',
  args: { batch: batchArgument },
  async run({ batch }, context) {
    await stopBatch(context.world, batch, context.by);
    return liveBatch(context, batch);
  },
});

export const resumeBatchCommand = command({
  usage: 'resume batch <batch>',
  title: 'Resume batch',
  help: 'Resume a stopped batch; every user syncs at once.',
  examples: ['resume batch sales-1'],
  aliases: ['batch fortsetzen', 'setze batch fort', 'resume'],
  permission: 'operate',
  topic: 'Move',
  args: { batch: batchArgument },
  reach: ({ batch }, { world }) => reachOfBatch(world, batch, () => true),
  async run({ batch }, context) {
    await resumeBatch(context.world, batch, context.by);
    return liveBatch(context, batch);
  },
});
