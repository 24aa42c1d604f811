import { cardText } from '../../sandbox/teams/card-text.ts';
import type { Message } from '../../sandbox/teams/conversation.ts';
import type { SandboxWorld } from '../../sandbox/world.ts';

/** Says something in the channel; answers what Bellhop replies. */
export async function sayInChannel(world: SandboxWorld, text: string, person: string): Promise<Message> {
  const channel = world.teams.channel('Mail migration').id;
  const asked = await world.teams.say(person, channel, `@Bellhop ${text}`);
  return world.teams.waitFor((message) => message.rootId === asked.id && message.author.kind === 'bot', 30_000);
}

/** The cards of a message as people read them. */
export function wordsOf(message: Message): string {
  return message.cards
    .map((card) => cardText(card))
    .join('\n')
    .replaceAll('\u200b', '');
}
