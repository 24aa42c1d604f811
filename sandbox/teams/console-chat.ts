import { createInterface } from 'node:readline';
import { cardButtons } from './card-buttons.ts';
import type { CardButton } from './card-buttons.ts';
import { cardText, plainText } from './card-text.ts';
import type { Conversation, Message } from './conversation.ts';
import type { Dialog } from './dialog.ts';
import type { JsonObject } from './json-value.ts';
import { textAt } from './json-value.ts';
import type { LocalTeams } from './local-teams.ts';
import { findPerson, handleOf } from './people.ts';
import type { Person } from './people.ts';

export interface ConsoleChatOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Who writes first; default the first person. */
  readonly as?: string;
  /** Where; default the first channel. */
  readonly channel?: string;
}

const HELP = `Write a command (in a channel Bellhop is mentioned for you), or:
  /press 1 [reason=...]   press a button of the last card
  /send name=... host=... send the form that a button opened; /cancel leaves it
  /show                   the last card as it is now
  /as approver-a          be somebody else          /people   who there is
  /in Daily report        go to a channel           /chat     your own chat with the bot
  /quit                   leave`;

/** A chat in the terminal over the same local Teams the page uses. Resolves at `/quit` or at the end of the input. */
export async function runConsoleChat(teams: LocalTeams, options: ConsoleChatOptions): Promise<void> {
  const lines = createInterface({ input: options.input, output: options.output, terminal: false });
  const chat = new ConsoleChat(teams, (text) => void options.output.write(`${text}\n`), options);
  const stopListening = teams.onChange((message) => chat.changed(message));
  chat.greet();
  try {
    for await (const line of lines) {
      if (line.trim() === '/quit') break;
      await chat.run(line.trim()).catch((error: unknown) => chat.complain(error));
    }
  } finally {
    stopListening();
    lines.close();
  }
}

class ConsoleChat {
  readonly #teams: LocalTeams;
  readonly #write: (text: string) => void;
  /** The card last shown of each message, as JSON: what is new is decided by what was on the screen. */
  readonly #shown = new Map<string, string>();
  #me: Person;
  #here: Conversation;
  #lastCard: Message | undefined;
  #dialog: { readonly message: Message; readonly dialog: Dialog } | undefined;

  constructor(teams: LocalTeams, write: (text: string) => void, options: ConsoleChatOptions) {
    this.#teams = teams;
    this.#write = write;
    this.#me = must(options.as === undefined ? teams.people[0] : findPerson(teams.people, options.as), 'such person');
    this.#here =
      options.channel === undefined ? must(teams.conversations[0], 'conversation') : teams.channel(options.channel);
  }

  greet(): void {
    this.#write(`${HELP}\n`);
    this.#where();
  }

  complain(error: unknown): void {
    this.#write(`✕ ${error instanceof Error ? error.message : String(error)}`);
  }

  async run(line: string): Promise<void> {
    if (line === '') return;
    const [, word = '', rest = ''] = /^\/(\w+)\s*(.*)$/u.exec(line) ?? [];
    if (word === '') {
      const isHeard = this.#here.kind === 'personal' || line.includes(`@${this.#teams.bot.name}`);
      const said = await this.#teams.say(
        this.#me.id,
        this.#here.id,
        isHeard ? line : `@${this.#teams.bot.name} ${line}`,
      );
      if (said.delivery === 'failed')
        this.#write(`✕ ${this.#teams.bot.name} did not take this message. Is it running?`);
      return;
    }
    if (word === 'press') return this.#press(rest);
    if (word === 'send') return this.#send(rest);
    if (word === 'cancel') return void (this.#dialog = undefined);
    if (word === 'show') return this.#show(must(this.#lastCard, 'card here'));
    if (word === 'people') return this.#people();
    if (word === 'as') this.#me = must(findPerson(this.#teams.people, rest), `person ${rest}; /people lists them`);
    else if (word === 'in') this.#here = this.#teams.channel(rest);
    else if (word === 'chat') this.#here = this.#teams.chatOf(this.#me.id);
    else return this.#write(HELP);
    if (this.#here.kind === 'personal') this.#here = this.#teams.chatOf(this.#me.id);
    this.#lastCard = this.#teams.messages(this.#here.id).findLast((message) => message.cards.length > 0);
    this.#where();
    await this.#teams.open(this.#me.id, this.#here.id);
  }

  /** Prints what is new: a message whole, an edit as one line, one's own answer to a button whole. */
  changed(message: Message): void {
    const isMine = message.author.id === this.#me.id;
    if (message.conversationId !== this.#here.id || isMine) return;
    if (message.onlyFor !== undefined && message.onlyFor !== this.#me.id) return;
    const card = this.#teams.cardSeenBy(this.#me.id, message);
    const before = this.#shown.get(message.id);
    const now = JSON.stringify([message.text, card, message.deleted]);
    if (before === now) return;
    this.#shown.set(message.id, now);
    if (card !== undefined) this.#lastCard = message;
    if (message.deleted) this.#write(`${stamp(message.author.name)} deleted a message.`);
    else if (before === undefined || message.views[this.#me.id] !== undefined) this.#show(message);
    else this.#write(`${stamp(message.author.name)} edited: ${summary(message, card)}`);
  }

  #show(message: Message): void {
    const card = this.#teams.cardSeenBy(this.#me.id, message);
    this.#write(`\n${stamp(message.author.name)}`);
    if (message.text !== '') this.#write(plainText(message.text));
    if (card !== undefined) this.#write(cardText(card));
  }

  async #press(rest: string): Promise<void> {
    const message = must(this.#lastCard, 'card here');
    const [, number = '', words = ''] = /^(\d+)\s*(.*)$/u.exec(rest) ?? [];
    const button = cardButtons(this.#teams.cardSeenBy(this.#me.id, message) ?? {})[Number(number) - 1];
    const pressed = must(button, `button ${rest}; the buttons of the last card have numbers`);
    const outcome = await this.#teams.clickAction(this.#me.id, message, pressed.title, inputsFrom(pressed, words));
    if (outcome.kind === 'dialog') return this.#open(message, outcome.dialog);
    if (outcome.kind === 'message') this.#write(plainText(outcome.text));
    if (outcome.kind === 'error') this.#write(`✕ ${outcome.text}`);
  }

  #open(message: Message, dialog: Dialog): void {
    this.#dialog = { message, dialog };
    this.#write(`\n${dialog.title}\n${cardText(dialog.card)}\nFill it in: /send name=... ; leave it: /cancel`);
  }

  async #send(words: string): Promise<void> {
    const { message, dialog } = must(this.#dialog, 'dialog open');
    const button = must(cardButtons(dialog.card)[0], 'button in this dialog');
    this.#dialog = undefined;
    const outcome = await this.#teams.submitDialog(this.#me.id, message, dialog, inputsFrom(button, words));
    if (outcome.kind === 'dialog') this.#open(message, outcome.dialog);
    if (outcome.kind === 'message') this.#write(plainText(outcome.text));
    if (outcome.kind === 'error') this.#write(`✕ ${outcome.text}`);
  }

  #people(): void {
    for (const person of this.#teams.people) {
      this.#write(`${person.id === this.#me.id ? '●' : ' '} ${handleOf(person.name).padEnd(14)} ${person.role}`);
    }
  }

  #where(): void {
    const place = this.#here.kind === 'channel' ? `#${this.#here.name}` : `chat with ${this.#teams.bot.name}`;
    this.#write(`You are ${this.#me.name} (${this.#me.role}) in ${place}.`);
  }
}

/** `reason=The DNS owner is on leave`, or just the words for the first input. */
function inputsFrom(button: CardButton, words: string): JsonObject {
  const values = Object.fromEntries(button.inputs.map(({ id, value }) => [id, value]));
  const [first] = button.inputs;
  if (words === '' || first === undefined) return values;
  const named = button.inputs.filter(({ id }) => words.includes(`${id}=`));
  if (named.length === 0) return { ...values, [first.id]: words };
  const starts = named.map(({ id }) => ({ id, at: words.indexOf(`${id}=`) })).sort((a, b) => a.at - b.at);
  const parts = starts.map(({ id, at }, index) => [id, words.slice(at + id.length + 1, starts[index + 1]?.at).trim()]);
  return { ...values, ...Object.fromEntries(parts) };
}

function summary(message: Message, card: JsonObject | undefined): string {
  return textAt(card, 'fallbackText') ?? (message.text === '' ? 'a card' : plainText(message.text));
}

function stamp(name: string): string {
  return `${name} · ${new Date().toTimeString().slice(0, 5)}`;
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
}
