import { invokeActivity, messageActivity, submitActivity } from './activities.ts';
import type { Sender } from './activities.ts';
import type { BotAnswer, BotEndpoint } from './bot-endpoint.ts';
import type { ChatLog } from './chat-log.ts';
import type { Conversation, Mention, Message } from './conversation.ts';
import { fetchValue, readDialogAnswer, submitValue } from './dialog.ts';
import { isObject, objectAt, textAt, textsAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import type { OneDrive } from './onedrive.ts';
import { readOutcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Person } from './people.ts';

/** Without `refresh.userIds` Teams refreshes for everybody, but only in conversations of at most this many members. */
const REFRESH_ALL_UP_TO = 60;

/** What people do in the client: write, press buttons, open a conversation. */
export class PeopleAtWork {
  readonly #log: ChatLog;
  readonly #bot: BotEndpoint;
  readonly #sender: Sender;
  readonly #people: readonly Person[];
  readonly #refreshPause: number;
  /** When a person last sent an invoke of a message, ms; key `person message`. */
  readonly #lastInvoke = new Map<string, number>();

  readonly #oneDrive: OneDrive;

  constructor(
    log: ChatLog,
    bot: BotEndpoint,
    sender: Sender,
    people: readonly Person[],
    refreshPause: number,
    oneDrive: OneDrive,
  ) {
    this.#oneDrive = oneDrive;
    this.#log = log;
    this.#bot = bot;
    this.#sender = sender;
    this.#people = people;
    this.#refreshPause = refreshPause;
  }

  /** Writes a message; in channels and group chats the bot gets it only when it is mentioned (`@Bellhop help`). */
  async say(person: Person, conversation: Conversation, text: string, rootId?: string): Promise<Message> {
    const mentions = this.#mentionsIn(text);
    const isForBot = conversation.kind === 'personal' || mentions.some((mention) => mention.id === this.#sender.bot.id);
    const message = this.#log.add({
      conversationId: conversation.id,
      author: { id: person.id, name: person.name, kind: 'person' },
      text,
      textFormat: 'plain',
      cards: [],
      attachments: [],
      mentions,
      ...(conversation.kind === 'channel' && rootId !== undefined ? { rootId } : {}),
      ...(isForBot ? { delivery: 'pending' } : {}),
    });
    if (!isForBot) return message;
    const answer = await this.#bot.post(messageActivity(this.#sender, conversation, person, message));
    return this.#log.setDelivery(message, isTaken(answer) ? 'taken' : 'failed');
  }

  /** Presses a button: Action.Execute waits for the bot's answer, Action.Submit only for its receipt. */
  async press(
    person: Person,
    conversation: Conversation,
    message: Message,
    action: JsonObject,
    inputs: JsonObject,
  ): Promise<Outcome> {
    const data = isObject(action['data']) ? { ...action['data'], ...inputs } : (action['data'] ?? inputs);
    if (action['type'] === 'Action.Execute') {
      const value = {
        action: { ...pick(action, ['id', 'title', 'verb']), type: 'Action.Execute', data },
        trigger: 'manual',
      };
      return this.#invokeCard(person, conversation, message, value);
    }
    const teams = objectAt(data, 'msteams');
    if (teams['type'] === 'imBack') {
      await this.say(person, conversation, textAt(teams, 'value') ?? '', message.rootId);
      return { kind: 'none' };
    }
    if (teams['type'] === 'task/fetch')
      return readDialogAnswer(await this.invoke(person, conversation, 'task/fetch', fetchValue(data), message));
    const answer = await this.#bot.post(submitActivity(this.#sender, conversation, person, message, data));
    return isTaken(answer) ? { kind: 'none' } : { kind: 'error', text: 'Unable to reach the app. Please try again.' };
  }

  /** Sends what was filled in in a dialog that was opened from a message. */
  async submitDialog(person: Person, conversation: Conversation, message: Message, data: JsonObject): Promise<Outcome> {
    return readDialogAnswer(await this.invoke(person, conversation, 'task/submit', submitValue(data), message));
  }

  /** Takes an offered file or declines it. */
  async answerFile(person: Person, conversation: Conversation, message: Message, accepted: boolean): Promise<Outcome> {
    const { fileOffer } = message;
    if (fileOffer === undefined || fileOffer.answer !== undefined)
      return { kind: 'error', text: 'There is no file to take.' };
    const action = accepted ? 'accept' : 'decline';
    this.#log.setFileAnswer(message, action);
    const value = {
      type: 'fileUpload',
      action,
      context: accepted ? fileOffer.acceptContext : fileOffer.declineContext,
      ...(accepted ? { uploadInfo: this.#oneDrive.open(fileOffer.name) } : {}),
    };
    const answer = await this.invoke(person, conversation, 'fileConsent/invoke', value, message);
    if (!isTaken(answer)) return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
    return { kind: 'message', text: accepted ? 'You allowed the app to send this file.' : 'You declined this file.' };
  }

  /** Sends any invoke by name (`task/fetch`, `application/search`, ...) and returns the raw answer. */
  async invoke(
    person: Person,
    conversation: Conversation,
    name: string,
    value: unknown,
    message?: Message,
  ): Promise<BotAnswer> {
    return this.#bot.post(invokeActivity(this.#sender, conversation, person, message, name, value));
  }

  /**
   * What a client does when a conversation is opened or a message in it was edited: asks for the person's own view.
   * Only for people in `refresh.userIds`, and not within a minute of their last invoke of that card
   * (Microsoft: User Specific Views).
   */
  async refresh(
    person: Person,
    conversation: Conversation,
    message: Message,
    trigger: 'automatic' | 'manual',
  ): Promise<void> {
    const refresh = objectAt(message.cards[0], 'refresh');
    const action = objectAt(refresh, 'action');
    if (action['type'] !== 'Action.Execute') return;
    const userIds = textsAt(refresh, 'userIds');
    const isMeant = userIds?.includes(person.id) ?? conversation.memberIds.length <= REFRESH_ALL_UP_TO;
    const last = this.#lastInvoke.get(`${person.id} ${message.id}`) ?? Number.NEGATIVE_INFINITY;
    if (trigger === 'automatic' && (!isMeant || Date.now() - last < this.#refreshPause)) return;
    const value = { action: { ...pick(action, ['id', 'title', 'verb', 'data']), type: 'Action.Execute' }, trigger };
    await this.#invokeCard(person, conversation, message, value);
  }

  async #invokeCard(person: Person, conversation: Conversation, message: Message, value: JsonObject): Promise<Outcome> {
    this.#lastInvoke.set(`${person.id} ${message.id}`, Date.now());
    const before = this.#log.message(conversation.id, message.id) ?? message;
    const outcome = readOutcome(await this.invoke(person, conversation, 'adaptiveCard/action', value, message));
    const now = this.#log.message(conversation.id, message.id) ?? message;
    // Both the answer and an edit made meanwhile show the new state; the answer is the person's own, so it wins.
    const isStale = value['trigger'] === 'automatic' && now.editedAt !== before.editedAt;
    if (outcome.kind === 'card' && !isStale && !now.deleted) this.#log.setView(now, person.id, outcome.card);
    return outcome;
  }

  #mentionsIn(text: string): readonly Mention[] {
    const known = [this.#sender.bot, ...this.#people];
    return known.filter(({ name }) => text.includes(`@${name}`)).map(({ id, name }) => ({ id, name }));
  }
}

function isTaken(answer: BotAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}
