import type { Mention, Message } from './conversation.ts';
import type { Draft } from './chat-log.ts';
import { isObject, objectAt, objectsOf, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';

const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';

/** 100 KB in UTF-16; Microsoft: format-your-bot-messages. */
const MAX_UTF16_BYTES = 100 * 1024;

/** What a bot's message shows, read from the activity it posted. */
export function readBotMessage(
  activity: JsonObject,
): Pick<Draft, 'text' | 'textFormat' | 'cards' | 'attachments' | 'mentions'> {
  const attachments = objectsOf(activity['attachments']);
  const cards = attachments.filter((attachment) => attachment['contentType'] === ADAPTIVE_CARD);
  return {
    text: textAt(activity, 'text') ?? '',
    textFormat: textFormatOf(textAt(activity, 'textFormat')),
    cards: cards.map((attachment) => objectAt(attachment, 'content')),
    attachments: attachments
      .filter((attachment) => !cards.includes(attachment))
      .map((attachment) => textAt(attachment, 'name') ?? textAt(attachment, 'contentType') ?? 'attachment'),
    mentions: objectsOf(activity['entities']).flatMap(mentionOf),
  };
}

/** Whether Teams would refuse the message with 413 MessageSizeTooBig. */
export function isTooBig(activity: JsonObject): boolean {
  const counted = [activity['text'], activity['attachments'], activity['entities'], activity['channelData']];
  return JSON.stringify(counted).length * 2 > MAX_UTF16_BYTES;
}

/** Why Teams would refuse the message as broken, if it would. */
export function problemOf(activity: unknown): string | undefined {
  if (!isObject(activity) || textAt(activity, 'type') === undefined) return 'The activity has no type.';
  const broken = objectsOf(activity['attachments']).find(
    (attachment) =>
      attachment['contentType'] === ADAPTIVE_CARD && objectAt(attachment, 'content')['type'] !== 'AdaptiveCard',
  );
  return broken === undefined ? undefined : 'An Adaptive Card attachment has no content of type AdaptiveCard.';
}

function mentionOf(entity: JsonObject): readonly Mention[] {
  const mentioned = objectAt(entity, 'mentioned');
  const name = textAt(mentioned, 'name');
  return entity['type'] === 'mention' && name !== undefined ? [{ id: textAt(mentioned, 'id') ?? '', name }] : [];
}

function textFormatOf(format: string | undefined): Message['textFormat'] {
  return format === 'plain' || format === 'xml' ? format : 'markdown';
}
