import { createBatch } from '../../engine/batches.ts';
import { readCategories } from '../../engine/domain/categories.ts';
import { endOfDay, readSize, startOfDay } from '../../engine/domain/mail-filter.ts';
import {
  batchArgument,
  endpointArgument,
  momentArgument,
  momentOf,
  priorityArgument,
  readCadence,
  readDays,
  readList,
  readOversize,
  readTrash,
} from './arguments.ts';
import { liveBatch } from './batch-commands.ts';
import { command } from './command.ts';

export const createBatchCommand = command({
  usage:
    'create batch <name> endpoint=<name> [every=24h|live] [trash=copy|skip] [exclude="Junk,Archive/*"] [oversize=skip|stub] [categories="$label1=Urgent"] [since=YYYY-MM-DD] [until=YYYY-MM-DD] [maxsize=25MB] [start=YYYY-MM-DDTHH:MM] [complete=YYYY-MM-DDTHH:MM] [priority=high|normal|low] [ready=30d|off]',
  title: 'Create batch',
  help: 'Create an empty batch. Its users come from a CSV: "add users" gives a link to upload it.',
  examples: [
    'create batch sales-1 endpoint=mail-hq',
    'create batch sales-2 endpoint=mail-hq every=6h exclude="Junk,Archive/*"',
    'create batch pilot endpoint=mail-hq every=live',
    'create batch sales-3 endpoint=mail-hq since=2020-01-01',
    'create batch sales-4 endpoint=mail-hq start=2026-12-05T20:00 complete=2026-12-12T22:00 priority=high ready=14d',
    'create batch sales-5 endpoint=mail-hq oversize=stub categories="$label1=Urgent,todo=To do,spam="',
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
    oversize: {
      read: readOversize,
      expects: 'skip, or stub for a small message with the headers in its place',
      named: true,
      optional: true,
      also: ['zugroß', 'large'],
    },
    categories: {
      read: readCategories,
      expects: 'keyword=Category pairs separated by commas; a keyword without a category is left out',
      named: true,
      optional: true,
      also: ['kategorien', 'keywords'],
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
    priority: { ...priorityArgument, named: true, optional: true, also: ['priorität'] },
    ready: {
      read: readDays,
      expects: 'the days of mail that come first for everybody, such as 30d, or off',
      named: true,
      optional: true,
      also: ['bereit', 'newest'],
    },
    start: { ...momentArgument, also: ['beginn'] },
    complete: { ...momentArgument, also: ['abschluss', 'ende'] },
  },
  async run({ start: text, complete: end, maxsize: maxSize, ready: readyDays, ...settings }, context) {
    const { world, by } = context;
    const start = text === undefined ? undefined : momentOf(text, context, 'create batch');
    const complete = end === undefined ? undefined : momentOf(end, context, 'create batch');
    await createBatch(world, { ...settings, maxSize, start, complete, readyDays }, by);
    return liveBatch(context, settings.name);
  },
});
