import type { FileOffer, Mention, Message } from './conversation.ts';
import type { Draft } from './chat-log.ts';
import { isObject, objectAt, objectsOf, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';

const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';
const FILE_CONSENT = 'application/vnd.microsoft.teams.card.file.consent';

/** 100 KB in UTF-16; Microsoft: format-your-bot-messages. */
const MAX_UTF16_BYTES = 100 * 1024;

/** What a bot's message shows, read from the activity it posted. */
export function readBotMessage(
  activity: JsonObject,
): Pick<Draft, 'text' | 'textFormat' | 'cards' | 'attachments' | 'mentions' | 'fileOffer'> {
  const attachments = objectsOf(activity['attachments']);
  const cards = attachments.filter((attachment) => attachment['contentType'] === ADAPTIVE_CARD);
  const consent = attachments.find((attachment) => attachment['contentType'] === FILE_CONSENT);
  return {
    text: textAt(activity, 'text') ?? '',
    textFormat: textFormatOf(textAt(activity, 'textFormat')),
    cards: cards.map((attachment) => objectAt(attachment, 'content')),
    attachments: attachments
      .filter((attachment) => !cards.includes(attachment) && attachment !== consent)
      .map((attachment) => textAt(attachment, 'name') ?? textAt(attachment, 'contentType') ?? 'attachment'),
    mentions: objectsOf(activity['entities']).flatMap(mentionOf),
    ...(consent === undefined ? {} : { fileOffer: fileOfferOf(consent) }),
  };
}

function fileOfferOf(consent: JsonObject): FileOffer {
  const content = objectAt(consent, 'content');
  return {
    name: textAt(consent, 'name') ?? 'file',
    description: textAt(content, 'description') ?? '',
    acceptContext: content['acceptContext'],
    declineContext: content['declineContext'],
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
