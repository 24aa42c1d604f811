import { randomUUID } from 'node:crypto';
import type { Conversation, Mention, Message } from './conversation.ts';
import { threadIdOf } from './conversation.ts';
import type { JsonObject } from './json-value.ts';
import type { Person } from './people.ts';

/** The bot as Teams addresses it: id `28:<app id>`. */
export interface BotAccount {
  readonly id: string;
  readonly name: string;
}

/** What every activity of this Teams carries. */
export interface Sender {
  readonly serviceUrl: string;
  readonly tenantId: string;
  readonly bot: BotAccount;
}

/** A message of a person, as Teams sends it: text is HTML-encoded, mentions are `<at>` marks with an entity each. */
export function messageActivity(
  sender: Sender,
  conversation: Conversation,
  person: Person,
  message: Message,
): JsonObject {
  return {
    ...envelope(sender, conversation, person, message),
    type: 'message',
    id: message.id,
    text: markMentions(encode(message.text), message.mentions),
    textFormat: 'plain',
    attachments: [{ contentType: 'text/html', content: `<p>${encode(message.text)}</p>` }],
    entities: [
      ...message.mentions.map((mentioned) => ({
        type: 'mention',
        text: `<at>${encode(mentioned.name)}</at>`,
        mentioned: { id: mentioned.id, name: mentioned.name },
      })),
      clientInfo(person),
    ],
  };
}

/** Action.Submit: a message without text, the card's data as `value`, `replyToId` the message with the card. */
export function submitActivity(
  sender: Sender,
  conversation: Conversation,
  person: Person,
  message: Message,
  value: unknown,
): JsonObject {
  return {
    ...envelope(sender, conversation, person, message),
    type: 'message',
    id: randomUUID(),
    value,
    replyToId: message.id,
    entities: [clientInfo(person)],
  };
}

/** An invoke: `adaptiveCard/action` for Action.Execute and refresh, `task/fetch` and others by name. */
export function invokeActivity(
  sender: Sender,
  conversation: Conversation,
  person: Person,
  message: Message | undefined,
  name: string,
  value: unknown,
): JsonObject {
  return {
    ...envelope(sender, conversation, person, message),
    type: 'invoke',
    id: `f:${randomUUID()}`,
    name,
    value,
    ...(message === undefined ? {} : { replyToId: message.id }),
    entities: [clientInfo(person)],
  };
}

/** The two activities Teams sends when an app is added to a team or chat, or removed from it. */
export function installActivities(
  sender: Sender,
  conversation: Conversation,
  person: Person,
  action: 'add' | 'remove',
): readonly JsonObject[] {
  // The conversation of a team is its General channel, whose id is the team's id.
  const place = conversation.team === undefined ? conversation : { ...conversation, id: conversation.team.id };
  const base = {
    ...envelope(sender, place, person, undefined),
    channelData: {
      tenant: { id: person.tenantId ?? sender.tenantId },
      settings: { selectedChannel: { id: conversation.id } },
      ...(conversation.team === undefined ? {} : { team: conversation.team }),
    },
  };
  const members = [{ id: sender.bot.id, name: sender.bot.name }];
  const change = action === 'add' ? { membersAdded: members } : { membersRemoved: members };
  return [
    { ...base, type: 'conversationUpdate', id: `f:${randomUUID()}`, ...change },
    { ...base, type: 'installationUpdate', id: `f:${randomUUID()}`, action },
  ];
}

function envelope(
  sender: Sender,
  conversation: Conversation,
  person: Person,
  message: Message | undefined,
): JsonObject {
  const now = new Date().toISOString();
  const team = conversation.team;
  return {
    channelId: 'msteams',
    serviceUrl: sender.serviceUrl,
    timestamp: now,
    localTimestamp: now.replace('Z', '+00:00'),
    localTimezone: 'Etc/UTC',
    locale: person.locale,
    from: { id: person.id, name: person.name, aadObjectId: person.aadObjectId },
    recipient: sender.bot,
    conversation: {
      id: message === undefined ? conversation.id : threadIdOf(conversation, message),
      conversationType: conversation.kind,
      // A shared channel keeps its own tenant; who writes there may come from another one.
      tenantId: conversation.kind === 'personal' ? (person.tenantId ?? sender.tenantId) : sender.tenantId,
      ...(conversation.kind === 'personal' ? {} : { isGroup: true }),
    },
    channelData: {
      tenant: { id: person.tenantId ?? sender.tenantId },
      ...(team === undefined
        ? {}
        : {
            teamsChannelId: conversation.id,
            teamsTeamId: team.id,
            channel: { id: conversation.id },
            team: { id: team.id },
          }),
    },
  };
}

function clientInfo(person: Person): JsonObject {
  const country = person.locale.split('-')[1] ?? 'US';
  return { type: 'clientInfo', locale: person.locale, country, platform: 'Web', timezone: 'Etc/UTC' };
}

function markMentions(encoded: string, mentions: readonly Mention[]): string {
  let marked = encoded;
  for (const { name } of mentions) {
    const mark = `<at>${encode(name)}</at>`;
    // Teams separates a mention from the words after it by a no-break space.
    marked = marked.replace(`@${encode(name)} `, `${mark}&nbsp;`).replace(`@${encode(name)}`, mark);
  }
  return marked;
}

function encode(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
