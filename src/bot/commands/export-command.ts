import { exportCard } from '../../cards/export-card.ts';
import { exportBatch } from '../../engine/export-batch.ts';
import { batchArgument } from './arguments.ts';
import { command } from './command.ts';

export const exportCommand = command({
  usage: 'export <batch>',
  title: 'Export',
  help: 'Write a batch with all its users as CSV, HTML and JSON on the server of Bellhop, each with its SHA-256.',
  examples: ['export sales-1'],
  aliases: ['exportiere', 'exportieren', 'download'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, { world, locale }) {
    const view = await exportBatch(world, batch);
    return { view, card: exportCard(view, locale) };
  },
});
