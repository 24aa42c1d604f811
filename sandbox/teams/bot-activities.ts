import { randomUUID } from 'node:crypto';
import type { Conversation, Message } from './conversations.ts';
import { BOT, type Person, TENANT } from './people.ts';

/** Everything an activity of Teams carries besides what it is about. */
function envelope(conversation: Conversation, person: Person, serviceUrl: string, rootId: string | undefined) {
  const isChannel = conversation.kind === 'channel';
  return {
    channelId: 'msteams',
    serviceUrl,
    timestamp: new Date().toISOString(),
    localTimezone: 'Europe/Berlin',
    locale: 'en-GB',
    from: { id: person.id, name: person.name, aadObjectId: person.aadObjectId },
    recipient: BOT,
    conversation: {
      id: isChannel && rootId !== undefined ? `${conversation.id};messageid=${rootId}` : conversation.id,
      conversationType: isChannel ? 'channel' : 'personal',
      tenantId: TENANT,
      ...(isChannel ? { isGroup: true } : {}),
    },
    channelData: {
      tenant: { id: TENANT },
      ...(isChannel ? { team: { id: '19:team-sandbox@thread.tacv2' }, channel: { id: conversation.id } } : {}),
    },
  };
}

/** A message to the bot, worded as Teams words it: a mention in channels, and its no-break space. */
export function messageActivity(conversation: Conversation, person: Person, serviceUrl: string, message: Message) {
  const mention = `<at>${BOT.name}</at>`;
  const inChannel = conversation.kind === 'channel';
  return {
    ...envelope(conversation, person, serviceUrl, message.rootId),
    type: 'message',
    id: message.id,
    textFormat: 'plain',
    text: inChannel ? `${mention}&nbsp;${message.text}` : message.text,
    entities: inChannel ? [{ type: 'mention', mentioned: BOT, text: mention }] : [],
  };
}

/** A pressed Action.Execute (invoke) of a card. */
export function executeActivity(
  conversation: Conversation,
  person: Person,
  serviceUrl: string,
  card: Message,
  action: { readonly verb: string; readonly data: unknown },
) {
  return {
    ...envelope(conversation, person, serviceUrl, card.rootId),
    type: 'invoke',
    id: `f:${randomUUID()}`,
    name: 'adaptiveCard/action',
    replyToId: card.id,
    value: { action: { type: 'Action.Execute', ...action }, trigger: 'manual' },
  };
}
