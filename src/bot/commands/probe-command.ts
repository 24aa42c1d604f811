import { probeCard } from '../../cards/probe-card.ts';
import { probeMail, probeView } from '../../engine/probe.ts';
import { parseUserAddress } from '../../engine/domain/ids.ts';
import { type Argument, command } from './command.ts';

const userArgument = {
  read: parseUserAddress,
  expects: 'the address of a user',
} satisfies Argument<NonNullable<ReturnType<typeof parseUserAddress>>>;

export const probeMailCommand = command({
  usage: 'probe mail <user@x>',
  title: 'Probe mail',
  help: 'Send one real mail to a user, by the MX as it is now, and say in which mailbox it comes out: the old one, the new one, both. Tests forwarding and the switch.',
  examples: ['probe mail info@example.com'],
  aliases: ['testmail', 'test mail'],
  permission: 'operate',
  topic: 'Finish',
  args: { user: userArgument },
  async run({ user }, { world, by, locale }) {
    const { request } = await probeMail(world, user, by);
    const view = await probeView(world, user, request);
    return { view, card: probeCard(view, locale), pending: { request, until: 'Probed' } };
  },
});
