import { exportCard } from '../../cards/export-card.ts';
import { recordPage } from '../../cards/record-page.ts';
import { closeOut } from '../../engine/close-out.ts';
import { batchArgument } from './arguments.ts';
import { command } from './command.ts';

export const exportCommand = command({
  usage: 'export <batch>',
  title: 'Export',
  help: 'Write the signed record of a batch on the server of Bellhop: report, users as CSV, waivers, verifications, approvals and its part of the audit chain.',
  examples: ['export sales-1'],
  aliases: ['exportiere', 'exportieren', 'download'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, { world, by, locale }) {
    const view = await closeOut(world, batch, (report) => recordPage(report, locale), by);
    return { view, card: exportCard(view, locale), files: [view.archive] };
  },
});
