import { verifyCard } from '../../cards/verify-card.ts';
import { verify, verifyView } from '../../engine/verify.ts';
import { targetArgument } from './arguments.ts';
import { command } from './command.ts';

export const verifyCommand = command({
  usage: 'verify <batch|user@x>',
  title: 'Verify',
  help: 'Compare source and target afresh, message by message, and write a report with its SHA-256. Changes nothing.',
  examples: ['verify info@example.com', 'verify sales-1'],
  aliases: ['vergleiche', 'vergleichen', 'nachprüfen', 'compare'],
  permission: 'operate',
  topic: 'Finish',
  args: { target: targetArgument },
  async run({ target }, { world, by, locale }) {
    const { request } = await verify(world, target, by);
    const view = await verifyView(world, target, request);
    return { view, card: verifyCard(view, locale), pending: { request, until: 'Verified' } };
  },
});
