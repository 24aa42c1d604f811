import type { Activity } from 'botbuilder';
import { type CardView, commandOfAction, viewOfAction } from '../cards/card-verbs.ts';
import type { Place } from './chat-port.ts';
import { cleanMessage, namedWord, plainSpaces } from './commands/tokenize.ts';
import { offersUsers } from './offered-users.ts';

/** A person as the verified activity names them. */
export interface Person {
  /** Entra object id: the identity every rule is about. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  /** Of the person's Teams, as "de-DE". */
  readonly locale: string;
  /** The id Teams mentions them by (29:...). */
  readonly chatId: string;
}

/** What an activity means to Bellhop. */
export type Incoming =
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly text: string;
      /** It brings a list of users, passwords and all, or a file that may be one. */
      readonly offersUsers: boolean;
      readonly by: Person;
      readonly place: Place;
    }
  /** A button: `text` is the command it stands for; `card` is the message it sits on. */
  | {
      readonly kind: 'action';
      readonly id: string;
      readonly text: string | undefined;
      readonly card: string;
      readonly by: Person;
      readonly place: Place;
      readonly invoke: boolean;
    }
  /** A client asks for the view of the person before it: nothing was pressed, nothing changes. */
  | { readonly kind: 'look'; readonly view: CardView; readonly by: Person; readonly place: Place }
  /** A dialog is opened or sent: `data` is what the button and the inputs carry. */
  | {
      readonly kind: 'form';
      readonly id: string;
      readonly step: 'open' | 'submit';
      readonly data: unknown;
      readonly by: Person;
      readonly place: Place;
    }
  /** An offered file is taken, or not: `id` names the offer, the addresses are of the OneDrive of the person. */
  | {
      readonly kind: 'file';
      readonly id: string;
      readonly accepted: boolean;
      readonly uploadUrl: unknown;
      readonly contentUrl: unknown;
      readonly by: Person;
      readonly place: Place;
    }
  /** Bellhop was added to a team or chat. */
  | { readonly kind: 'installed'; readonly by: Person | undefined; readonly place: Place }
  /** Bellhop was removed from there. */
  | { readonly kind: 'removed'; readonly place: Place; readonly by: Person | undefined }
  | { readonly kind: 'other' }
  /** Nobody we can trust to be who they are. */
  | { readonly kind: 'anonymous' };

const DIALOG_STEPS: Readonly<Record<string, 'open' | 'submit'>> = { 'task/fetch': 'open', 'task/submit': 'submit' };

/** Reads an activity (already verified by the adapter) into what Bellhop acts on. Pure. */
export function readActivity(activity: Activity): Incoming {
  const place = placeOf(activity);
  if (activity.type === 'installationUpdate' && activity.action === 'add')
    return { kind: 'installed', by: personOf(activity), place };
  if (activity.type === 'installationUpdate' && activity.action === 'remove')
    return { kind: 'removed', by: personOf(activity), place };
  const isAction = activity.type === 'invoke' && activity.name === 'adaptiveCard/action';
  const isSubmit =
    activity.type === 'message' &&
    activity.value !== undefined &&
    activity.value !== null &&
    (activity.text ?? '') === '';
  const step = activity.type === 'invoke' ? DIALOG_STEPS[activity.name ?? ''] : undefined;
  const isFile = activity.type === 'invoke' && activity.name === 'fileConsent/invoke';
  if (activity.type !== 'message' && !isAction && !isFile && step === undefined) return { kind: 'other' };
  const by = personOf(activity);
  if (by === undefined) return { kind: 'anonymous' };
  const id = activity.id ?? '';
  if (isFile) return readFileAnswer(activity.value, by, place);
  if (step !== undefined) return { kind: 'form', id, step, data: get(activity.value, 'data'), by, place };
  if (isAction || isSubmit) {
    const { verb, data } = isAction ? readExecute(activity.value) : readSubmit(activity.value);
    const view = isAction ? viewOfAction(verb, data) : undefined;
    if (view !== undefined) return { kind: 'look', view, by, place };
    return {
      kind: 'action',
      id,
      text: withReason(commandOfAction(verb, data), verb, data),
      card: activity.replyToId ?? '',
      by,
      place,
      invoke: isAction,
    };
  }
  return {
    kind: 'message',
    id,
    text: cleanMessage(activity.text ?? '', [activity.recipient.name]),
    offersUsers: offersUsers(activity.text ?? '', activity.attachments ?? []),
    by,
    place,
  };
}

const LONGEST_REASON = 300;

// The reason somebody typed into the card becomes an argument like any other.
function withReason(text: string | undefined, verb: unknown, data: unknown): string | undefined {
  const reason = verb === 'reject' ? get(data, 'reason') : undefined;
  if (text === undefined || typeof reason !== 'string') return text;
  const said = plainSpaces(reason).slice(0, LONGEST_REASON);
  const word = said === '' ? undefined : namedWord('reason', said);
  return word === undefined ? text : `${text} ${word}`;
}

function personOf({ from, conversation, locale }: Activity): Person | undefined {
  const { aadObjectId } = from;
  // channelData repeats the tenant, but only this one is part of what the channel vouches for.
  const tenantId = conversation.tenantId;
  if (aadObjectId === undefined || aadObjectId === '' || tenantId === undefined || tenantId === '') return undefined;
  return {
    id: aadObjectId.toLowerCase(),
    name: from.name,
    tenantId: tenantId.toLowerCase(),
    locale: locale ?? '',
    chatId: from.id,
  };
}

function placeOf({ serviceUrl, channelId, conversation, recipient }: Activity): Place {
  return {
    serviceUrl,
    channelId,
    conversationId: conversation.id,
    tenantId: conversation.tenantId ?? '',
    botId: recipient.id,
    botName: recipient.name,
    personal: conversation.conversationType === 'personal',
  };
}

// Microsoft: "Send and receive files from a bot", fileConsent/invoke.
function readFileAnswer(value: unknown, by: Person, place: Place): Incoming {
  const upload = get(value, 'uploadInfo');
  return {
    kind: 'file',
    id: String(get(get(value, 'context'), 'offer')),
    accepted: get(value, 'action') === 'accept',
    uploadUrl: get(upload, 'uploadUrl'),
    contentUrl: get(upload, 'contentUrl'),
    by,
    place,
  };
}

function readExecute(value: unknown): { readonly verb: unknown; readonly data: unknown } {
  const action = get(value, 'action');
  return { verb: get(action, 'verb'), data: get(action, 'data') };
}

function readSubmit(value: unknown): { readonly verb: unknown; readonly data: unknown } {
  return { verb: get(value, 'verb'), data: value };
}

function get(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
