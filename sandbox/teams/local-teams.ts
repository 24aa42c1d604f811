import type { BotAccount, Sender } from './activities.ts';
import { awaitMessage } from './await-message.ts';
import type { BotAnswer } from './bot-endpoint.ts';
import { BotEndpoint } from './bot-endpoint.ts';
import { cardButtons } from './card-buttons.ts';
import { ChatLog } from './chat-log.ts';
import { cardSeenBy, splitConversationId } from './conversation.ts';
import type { Conversation, Message } from './conversation.ts';
import { EventStreams } from './event-streams.ts';
import { Faults } from './faults.ts';
import { Installation } from './installation.ts';
import type { Dialog } from './dialog.ts';
import { objectAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import { OneDrive } from './onedrive.ts';
import type { Outcome } from './outcome.ts';
import type { OfferedCommand } from './page-api.ts';
import { findPerson } from './people.ts';
import type { Person } from './people.ts';
import { PeopleAtWork } from './people-at-work.ts';
import { Presence } from './presence.ts';
import { sampleConversations } from './sample-conversations.ts';
import { SendLimits } from './send-limits.ts';
import { CONNECTOR, listenOnLoopback, serveTeams } from './teams-server.ts';
import type { SentCall } from './teams-server.ts';

export interface LocalTeamsOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The bot's `.../api/messages`; may be set later. */
  readonly botUrl?: string;
  readonly bot: BotAccount;
  readonly people: readonly Person[];
  readonly tenantId: string;
  /** Names of the channels of the one team; default: Mail migration, Daily report. */
  readonly channels?: readonly string[];
  readonly teamName?: string;
  /** Commands the compose box offers. */
  readonly commands?: readonly OfferedCommand[];
  /** Whether the limits of the real service apply; default true. */
  readonly rateLimits?: boolean;
  /** A card refreshes for a person at most this often, ms; default one minute, as in Teams. */
  readonly refreshPause?: number;
}

/** A demo may run for days; what the bot sent last week is of no use to anybody. */
const KEPT_CALLS = 10_000;

/** A Microsoft Teams on this machine: people, channels, a connector for the bot, a page for the browser. */
export interface LocalTeams extends AsyncDisposable {
  /** The page. */
  readonly url: string;
  /** What activities carry as `serviceUrl`. */
  readonly serviceUrl: string;
  readonly bot: BotAccount;
  readonly people: readonly Person[];
  readonly conversations: readonly Conversation[];
  readonly faults: Faults;
  /** What the bot sent, in order, with the status it got; the last 10,000 calls. */
  readonly sent: readonly SentCall[];
  /** Sets the bot's address; resolves when the bot took the install activities of every team and chat. */
  setBot(url: string): Promise<void>;
  channel(name: string): Conversation;
  chatOf(person: string): Conversation;
  messages(conversationId: string): readonly Message[];
  /** Says something as a person; resolves when the bot took it. `conversationId` may carry `;messageid=` for a thread. */
  say(person: string, conversationId: string, text: string): Promise<Message>;
  /** Presses the button of that title (or verb) on the card this person sees. */
  clickAction(person: string, message: Message, title: string, inputs?: JsonObject): Promise<Outcome>;
  /** Presses the one button of a dialog that this message opened, with what is filled in. */
  submitDialog(person: string, message: Message, dialog: Dialog, inputs: JsonObject): Promise<Outcome>;
  /** Takes the file a message offers, or declines it. */
  answerFile(person: string, message: Message, accepted: boolean): Promise<Outcome>;
  /** Where taken files lie. */
  readonly oneDrive: OneDrive;
  /** Sends any invoke by name and returns the bot's raw answer. */
  invoke(person: string, conversationId: string, name: string, value: unknown, messageId?: string): Promise<BotAnswer>;
  /** The person opens the conversation and keeps it open: cards with their name in `refresh.userIds` refresh. */
  open(person: string, conversationId: string): Promise<void>;
  cardSeenBy(person: string, message: Message): JsonObject | undefined;
  /** The newest message that fits, now or within the time. @throws {Error} with the last messages, when none came. */
  waitFor(predicate: (message: Message) => boolean, timeoutMs: number): Promise<Message>;
  /** Removes the bot from a team or chat, or adds it again. */
  uninstall(conversationId: string): Promise<void>;
  install(conversationId: string): Promise<void>;
  /** Calls back on every change of a message until the returned function is called. */
  onChange(listener: (message: Message) => void): () => void;
  close(): Promise<void>;
}

/** Starts the local Teams on loopback. Stops with `close()`; nothing is kept on disk. */
export async function startLocalTeams(options: LocalTeamsOptions): Promise<LocalTeams> {
  const { server, port } = await listenOnLoopback(options.port ?? 0);
  const { bot, people, tenantId } = options;
  const url = `http://127.0.0.1:${port}`;
  const sender: Sender = { serviceUrl: `${url}${CONNECTOR}/`, tenantId, bot };
  const closing = new AbortController();
  const log = new ChatLog();
  const endpoint = new BotEndpoint();
  const streams = new EventStreams();
  const faults = new Faults();
  const sent: SentCall[] = [];
  const oneDrive = new OneDrive(url);
  const work = new PeopleAtWork(log, endpoint, sender, people, options.refreshPause ?? 60_000, oneDrive);
  const presence = new Presence(log, streams, people, work);
  const installation = new Installation(endpoint, sender, people, closing.signal);
  for (const conversation of sampleConversations(options)) log.addConversation(conversation);

  const limits = options.rateLimits === false ? undefined : new SendLimits();
  const connector = { log, bot, people, tenantId, faults, limits, installation, presence };
  const page = { log, bot, endpoint, people, commands: options.commands ?? [], work, streams, presence };
  serveTeams(server, port, connector, page, oneDrive, (call) => {
    sent.push(call);
    if (sent.length > KEPT_CALLS) sent.shift();
  });

  const personOf = (key: string): Person => must(findPerson(people, key), `person ${key}`);
  const conversationOf = (id: string): Conversation =>
    must(log.conversation(splitConversationId(id).base), `conversation ${id}`);

  async function setBot(botUrl: string): Promise<void> {
    endpoint.url = botUrl;
    await installation.announce(log.conversations);
  }

  async function close(): Promise<void> {
    closing.abort();
    endpoint.close();
    streams.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  if (options.botUrl !== undefined) void setBot(options.botUrl);
  return {
    url,
    serviceUrl: sender.serviceUrl,
    bot,
    people,
    conversations: log.conversations,
    faults,
    sent,
    setBot,
    channel: (name) =>
      must(
        log.conversations.find((one) => one.kind === 'channel' && one.name === name),
        `channel ${name}`,
      ),
    chatOf(key) {
      const { id, name } = personOf(key);
      return must(
        log.conversations.find((one) => one.kind === 'personal' && one.memberIds[0] === id),
        `chat of ${name}`,
      );
    },
    messages: (conversationId) => log.messages(splitConversationId(conversationId).base),
    say: (key, conversationId, text) =>
      work.say(personOf(key), conversationOf(conversationId), text, splitConversationId(conversationId).rootId),
    async clickAction(key, message, title, inputs = {}) {
      const person = personOf(key);
      // Whoever presses a button has the card before their eyes, and has its own view where there is one.
      const shown = must(log.message(message.conversationId, message.id), `message ${message.id}`);
      if (shown.views[person.id] === undefined)
        await work.refresh(person, conversationOf(message.conversationId), shown, 'automatic');
      const now = log.message(message.conversationId, message.id) ?? shown;
      const button = cardButtons(cardSeenBy(now, person.id) ?? {}).find(
        (candidate) => candidate.title === title || candidate.action['verb'] === title,
      );
      const { action } = must(button, `button ${title} for ${person.name}`);
      return work.press(person, conversationOf(message.conversationId), now, action, inputs);
    },
    submitDialog(key, message, dialog, inputs) {
      const [button] = cardButtons(dialog.card);
      const { action, inputs: fields } = must(button, `button in the dialog ${dialog.title}`);
      const filled = Object.fromEntries(fields.map(({ id, value }) => [id, value]));
      const data = { ...filled, ...inputs, ...objectAt(action, 'data') };
      return work.submitDialog(personOf(key), conversationOf(message.conversationId), message, data);
    },
    answerFile(key, message, accepted) {
      const now = must(log.message(message.conversationId, message.id), `message ${message.id}`);
      return work.answerFile(personOf(key), conversationOf(message.conversationId), now, accepted);
    },
    oneDrive,
    invoke(key, conversationId, name, value, messageId) {
      const conversation = conversationOf(conversationId);
      return work.invoke(personOf(key), conversation, name, value, log.message(conversation.id, messageId ?? ''));
    },
    open: (key, conversationId) => presence.hold(personOf(key), conversationOf(conversationId)),
    cardSeenBy: (key, message) =>
      cardSeenBy(log.message(message.conversationId, message.id) ?? message, personOf(key).id),
    waitFor: (predicate, timeoutMs) => awaitMessage(log, predicate, timeoutMs),
    uninstall: (conversationId) => installation.remove(conversationOf(conversationId)),
    install: (conversationId) => installation.add(conversationOf(conversationId)),
    onChange: (listener) => log.onChange(listener),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
}
