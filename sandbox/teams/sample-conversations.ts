import { createHash } from 'node:crypto';
import type { BotAccount } from './activities.ts';
import type { Conversation, Team } from './conversation.ts';
import type { Person } from './people.ts';

interface Wanted {
  readonly bot: BotAccount;
  readonly people: readonly Person[];
  readonly channels?: readonly string[];
  readonly teamName?: string;
}

/** One team with its channels, and a chat of every person with the bot. Ids look like those of Teams and never change. */
export function sampleConversations(wanted: Wanted): readonly Conversation[] {
  const { bot, people, channels = ['Mail migration', 'Daily report'], teamName = 'IT operations' } = wanted;
  const team: Team = {
    id: `19:${hexOf(`team ${teamName}`)}@thread.tacv2`,
    aadGroupId: hexOf(`group ${teamName}`).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, '$1-$2-4$3-8$4-$5'),
    name: teamName,
  };
  const memberIds = people.map((person) => person.id);
  return [
    ...channels.map((name): Conversation => ({
      id: `19:${hexOf(`channel ${teamName}/${name}`)}@thread.tacv2`,
      kind: 'channel',
      name,
      memberIds,
      team,
    })),
    ...people.map((person): Conversation => ({
      id: `a:1${createHash('sha256').update(`chat of ${person.id}`).digest('base64url')}`,
      kind: 'personal',
      name: bot.name,
      memberIds: [person.id],
    })),
  ];
}

function hexOf(seed: string): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, 32);
}
