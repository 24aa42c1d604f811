import { batchCard } from '../../cards/batch-card.ts';
import type { Card } from '../../cards/elements.ts';
import type { Eyes } from '../../cards/eyes.ts';
import { checkCard } from '../../cards/check-card.ts';
import { createBatch, isAtRest, resumeBatch, startBatch, stopBatch } from '../../engine/batches.ts';
import type { BatchName } from '../../engine/domain/ids.ts';
import { checkBatch } from '../../engine/preflight.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { readMoment } from '../../engine/domain/wall-clock.ts';
import { endOfDay, readSize, startOfDay } from '../../engine/domain/mail-filter.ts';
import { batchCheck, batchOverview } from '../../engine/queries.ts';
import { batchArgument, endpointArgument, readCadence, readList, readTrash } from './arguments.ts';
import { reachOfBatch } from './reach.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

async function liveBatch({ world, locale }: CommandContext, batch: BatchName): Promise<CommandReply> {
  const view = await batchOverview(world, batch);
  const cardFor = (eyes: Eyes): Card => batchCard(view, locale, eyes);
  return { view, card: batchCard(view, locale), cardFor, live: { batch } };
}

export const createBatchCommand = command({
  usage:
    'create batch <name> endpoint=<name> [every=24h|live] [trash=copy|skip] [exclude="Junk,Archive/*"] [since=YYYY-MM-DD] [until=YYYY-MM-DD] [maxsize=25MB] [start=YYYY-MM-DDTHH:MM]',
  title: 'Create batch',
  help: 'Create an empty batch. Its users come from a CSV on the server: bellhop import <file.csv> batch=... endpoint=...',
  examples: [
    'create batch sales-1 endpoint=mail-hq',
    'create batch sales-2 endpoint=mail-hq every=6h exclude="Junk,Archive/*"',
    'create batch pilot endpoint=mail-hq every=live',
    'create batch sales-3 endpoint=mail-hq since=2020-01-01',
    'create batch sales-4 endpoint=mail-hq start=2026-12-05T20:00',
  ],
  aliases: ['new batch', 'batch anlegen', 'batch erstellen'],
  permission: 'operate',
  topic: 'Set up',
  form: 'createBatch',
  args: {
    name: batchArgument,
    endpoint: { ...endpointArgument, expects: 'endpoint=<name>', named: true, also: ['endpunkt', 'source', 'quelle'] },
    every: {
      read: readCadence,
      expects: 'a time span such as 24h or 30m, at least 5m, or live',
      named: true,
      optional: true,
      also: ['alle', 'interval'],
    },
    trash: { read: readTrash, expects: 'copy or skip', named: true, optional: true, also: ['papierkorb', 'deleted'] },
    exclude: {
      read: readList,
      expects: 'folder names separated by commas',
      named: true,
      optional: true,
      also: ['ohne', 'ausser', 'skip'],
    },
    since: { read: startOfDay, expects: 'a day such as 2020-01-31', named: true, optional: true, also: ['ab', 'seit'] },
    until: { read: endOfDay, expects: 'a day such as 2024-12-31', named: true, optional: true, also: ['bis'] },
    maxsize: {
      read: readSize,
      expects: 'a size such as 25MB',
      named: true,
      optional: true,
      also: ['maxgröße', 'max-size'],
    },
    // In the zone of the conversation, which only the command knows; a terminal has none and speaks UTC.
    start: {
      read: (text: string) => (readMoment(text, 'UTC') === undefined ? undefined : text),
      expects: 'a time such as 2026-12-05T20:00, or with Z or +01:00 behind',
      named: true,
      optional: true,
      also: ['beginn'],
    },
  },
  async run({ name, endpoint, every, trash, exclude, since, until, maxsize, start: text }, context) {
    const { world, by, here } = context;
    const start = text === undefined ? undefined : readMoment(text, here?.zone ?? 'UTC');
    if (text !== undefined && start === undefined)
      throw new MigrationError('UsageError', {
        detail: `There is no ${text} in ${here?.zone ?? 'UTC'}.`,
        command: 'create batch',
      });
    await createBatch(world, { name, endpoint, every, trash, exclude, since, until, maxSize: maxsize, start }, by);
    return liveBatch(context, name);
  },
});

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
  usage: 'start batch <batch>',
  title: 'Start batch',
  help: 'Start the initial sync of every user in a batch; in a running batch, try its failed users again.',
  examples: ['start batch sales-1'],
  aliases: ['starte batch', 'batch starten', 'start', 'starte'],
  permission: 'operate',
  topic: 'Move',
  args: { batch: batchArgument },
  reach: ({ batch }, { world }) => reachOfBatch(world, batch, isAtRest),
  async run({ batch }, context) {
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
