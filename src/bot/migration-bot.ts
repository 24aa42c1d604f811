import { confirmCard } from '../cards/confirm-card.ts';
import { errorCard } from '../cards/error-card.ts';
import type { Card } from '../cards/elements.ts';
import { ENGLISH, localeFor } from '../cards/locale.ts';
import { type Failure, MigrationError, failure, toMigrationError } from '../engine/domain/failure.ts';
import { type BatchName, parseBatchName } from '../engine/domain/ids.ts';
import type { World } from '../engine/ports.ts';
import type { ChatPort, Place } from './chat-port.ts';
import { askApproval } from './commands/approval-commands.ts';
import {
  type CommandContext,
  type CommandReply,
  type Here,
  type Permission,
  commandWords,
} from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';
import { type ParsedCommand, bareCommand, includes, parseCommand, runCommand } from './commands/parse.ts';
import { looksLikeSecret } from './commands/tokenize.ts';
import type { ConversationBook, PostedCard } from './conversation-book.ts';
import { type FormDesk, answerForm } from './form-desk.ts';
import type { Outbox } from './outbox.ts';
import type { Roles } from './permissions.ts';
import type { Incoming, Person } from './read-activity.ts';

/** What a dialog shows. */
export interface Dialog {
  readonly title: string;
  readonly card: Card;
  readonly size: 'small' | 'large';
}

/** The answers of one turn. */
export interface Turn {
  /** Whether the roster of the conversation calls the person a guest. */
  isGuest(): Promise<boolean>;
  /** Posts a card into the conversation of the turn; returns its activity id. */
  reply(card: Card): Promise<string>;
  /** Answers a button in place: a new card for it, or a short message beside it. */
  answer(result: { readonly card: Card } | { readonly message: string }): Promise<void>;
  /** Answers a dialog: what it shows next; undefined closes it. */
  dialog(next: Dialog | undefined): Promise<void>;
}

export interface MigrationBotOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly roles: Roles;
  readonly outbox: Outbox;
  readonly chat: Pick<ChatPort, 'post'>;
  readonly zone: string;
  readonly reportAt: number;
  /** Hears of every live card once it is remembered. */
  readonly onPinned: (batch: BatchName) => void;
}

/** Turns what people write and press into commands, and commands into cards. Every turn ends in well under a second. */
export class MigrationBot {
  readonly #world: World;
  readonly #book: ConversationBook;
  readonly #roles: Roles;
  readonly #outbox: Outbox;
  readonly #chat: MigrationBotOptions['chat'];
  readonly #defaults: Pick<MigrationBotOptions, 'zone' | 'reportAt'>;
  readonly #onPinned: MigrationBotOptions['onPinned'];

  constructor({ world, book, roles, outbox, chat, zone, reportAt, onPinned }: MigrationBotOptions) {
    this.#onPinned = onPinned;
    this.#outbox = outbox;
    this.#chat = chat;
    this.#defaults = { zone, reportAt };
    this.#world = world;
    this.#book = book;
    this.#roles = roles;
  }

  async handle(incoming: Incoming, turn: Turn): Promise<void> {
    // Whoever hears from a conversation is in it (again): what waited for it may go out.
    if ('place' in incoming) {
      const { place, by } = incoming;
      await this.#outbox.reopen(place);
      if (place.personal && by !== undefined) await this.#book.rememberPrivateChat(by, place);
    }
    switch (incoming.kind) {
      case 'message':
        if (await this.#book.isNew(incoming.id)) await this.#message(incoming, turn);
        return;
      case 'action':
        return this.#action(incoming, turn);
      case 'form':
        return turn.dialog(await answerForm(incoming, this.#formDesk(incoming, turn)));
      case 'installed':
        await this.#run('help', undefined, incoming.place, turn);
        return;
      case 'other':
      case 'anonymous':
        return;
    }
  }

  async #message({ text, by, place }: Extract<Incoming, { kind: 'message' }>, turn: Turn): Promise<void> {
    // Refused before anything else looks at it: not parsed, not logged, not stored.
    if (looksLikeSecret(text)) {
      await turn.reply(errorCard(failure('PasswordInChat'), localeFor(by.locale)));
      return;
    }
    await this.#run(text === '' ? 'help' : text, by, place, turn);
  }

  async #run(text: string, by: Person | undefined, place: Place, turn: Turn): Promise<void> {
    try {
      const reply = await this.#execute(text, by, place, turn);
      const activityId = await turn.reply(reply.card);
      await this.#remember(reply, { place, activityId }, by);
    } catch (error) {
      await turn.reply(this.#errorCard(error, by));
    }
  }

  // A batch card answers in place and stays the live one; everything else is posted below, so that the live card stays.
  async #action(
    { id, text, card, by, place, invoke }: Extract<Incoming, { kind: 'action' }>,
    turn: Turn,
  ): Promise<void> {
    if (text === undefined)
      return turn.answer({ message: 'This button is from another version of Bellhop. Write "help".' });
    const first = await this.#book.isNew(id);
    try {
      const reply = await this.#execute(first ? text : statusOf(text), by, place, turn);
      const live = reply.live === undefined ? undefined : parseBatchName(reply.live.batch);
      if (invoke && live !== undefined && (await this.#isLiveCard(live, place, card))) {
        await this.#remember(reply, { place, activityId: card }, by);
        return await turn.answer({ card: reply.card });
      }
      if (invoke && reply.replaces === true && card !== '') {
        await this.#remember(reply, { place, activityId: card }, by);
        return await turn.answer({ card: reply.card });
      }
      if (first) await this.#remember(reply, { place, activityId: await turn.reply(reply.card) }, by);
      await turn.answer({ message: 'See below.' });
    } catch (error) {
      const known = toMigrationError(error);
      await turn.reply(this.#errorCard(error, by));
      await turn.answer({ message: localeFor(by.locale).failure(failure(known.code, known.details)).message });
    }
  }

  #formDesk({ id, by, place }: Extract<Incoming, { kind: 'form' }>, turn: Turn): FormDesk {
    return {
      world: this.#world,
      locale: localeFor(by.locale),
      zone: this.#defaults.zone,
      permit: (needed) => this.#permit(by, needed, turn),
      isNew: () => this.#book.isNew(id),
      execute: (text) => this.#carryOut(text, by, place, turn),
      post: async (reply) => this.#remember(reply, { place, activityId: await turn.reply(reply.card) }, by),
      explain: (error) => this.#explain(error),
    };
  }

  async #permit(by: Person, needed: Permission, turn: Turn): Promise<void> {
    const held = await this.#roles.permissionOf(by, () => turn.isGuest());
    if (held === undefined || !includes(held, needed))
      throw new MigrationError('NotAllowed', { role: ROLE_NAMES[needed] });
  }

  // A command with a form, written alone, is explained and its form offered: to those who may use it.
  async #execute(text: string, by: Person | undefined, place: Place, turn: Turn): Promise<CommandReply> {
    const bare = bareCommand(text, { commands: COMMANDS });
    if (bare?.form === undefined || by === undefined) return this.#carryOut(text, by, place, turn);
    await this.#permit(by, bare.permission, turn);
    return this.#carryOut(`help ${commandWords(bare.usage)}`, by, place, turn);
  }

  async #carryOut(text: string, by: Person | undefined, place: Place, turn: Turn): Promise<CommandReply> {
    const parsed = parseCommand(text, { commands: COMMANDS });
    // Help for a team that just installed Bellhop is the one thing nobody has to ask for.
    if (by === undefined)
      return runCommand(parsed, { world: this.#world, by: { id: 'bellhop', name: 'Bellhop' }, locale: ENGLISH });
    await this.#permit(by, parsed.command.permission, turn);
    const context = {
      world: this.#world,
      by: { id: by.id, name: by.name },
      here: this.#here(place, by),
      locale: localeFor(by.locale),
    };
    return (
      (await askApproval(text, parsed, context)) ??
      (await this.#question(text, parsed, context)) ??
      runCommand(parsed, context)
    );
  }

  // A confirmation counts for the number it was given for: when that changed, the question is asked again.
  async #question(text: string, parsed: ParsedCommand, context: CommandContext): Promise<CommandReply | undefined> {
    const { command, args, confirmed } = parsed;
    const reach = await command.reach?.(args, context);
    if (reach === undefined || confirmed === String(reach.count)) return undefined;
    const asked = text.replaceAll(/ ?\bconfirm=\S*/gi, '');
    return { view: reach, card: confirmCard({ text: asked, title: command.title, ...reach }, context.locale) };
  }

  async #isLiveCard(batch: BatchName, place: Place, activityId: string): Promise<boolean> {
    const pinned = await this.#book.pinned(batch);
    return (
      activityId !== '' &&
      pinned.some((card) => card.place.conversationId === place.conversationId && card.activityId === activityId)
    );
  }

  async #remember(reply: CommandReply, card: PostedCard, by: Person | undefined): Promise<void> {
    const batch = reply.live === undefined ? undefined : parseBatchName(reply.live.batch);
    const owner = by === undefined ? {} : { owner: { id: by.chatId, name: by.name } };
    if (batch !== undefined) {
      await this.#book.pin(batch, { ...card, ...owner });
      this.#onPinned(batch);
    }
    if (reply.pending !== undefined) {
      const about = String(Reflect.get(Object(reply.view), NAMED_BY[reply.pending.until]));
      await this.#book.expect({ request: reply.pending.request, about, ...card });
    }
  }

  #here(place: Place, by: Person): Here {
    return {
      ...this.#defaults,
      personal: place.personal,
      hasPrivateChat: async () => (await this.#book.privateChat(by)) !== undefined,
      // Not by the outbox, which would keep the card.
      tellPrivately: async (card) => {
        const chat = await this.#book.privateChat(by);
        return chat !== undefined && (await this.#chat.post(chat, card)).outcome === 'posted';
      },
      subscribe: (target, mode) => this.#book.subscribe({ place, target, mode }),
      scheduleReport: (schedule) => this.#book.scheduleReport(place, schedule),
      history: () => this.#book.history(),
      findings: async () => [
        { what: 'conversations', health: 'good', value: String((await this.#book.pinnedBatches()).length) },
        ...(await this.#outbox.findings()),
      ],
    };
  }

  #errorCard(error: unknown, by: Person | undefined): Card {
    const { nearest } = toMigrationError(error).details;
    return errorCard(this.#explain(error), localeFor(by?.locale), typeof nearest === 'string' ? nearest : undefined);
  }

  #explain(error: unknown): Failure {
    const known = toMigrationError(error);
    if (known.code === 'Unexpected')
      this.#world.log.error(
        { code: 'Unexpected', cause: known.cause instanceof Error ? known.cause.name : 'unknown' },
        'command failed',
      );
    return failure(known.code, known.details);
  }
}

/** The field of a view that says what the answer still to come is about. */
const NAMED_BY = {
  BatchChecked: 'batch',
  EndpointTested: 'endpoint',
  Verified: 'identity',
  Decided: 'identity',
} as const;

const ROLE_NAMES = { view: 'viewer', operate: 'operator', approve: 'approver' } as const;

// A repeated press has no second effect; it shows where things stand.
function statusOf(text: string): string {
  const target = /"([^"]+)"$/.exec(text)?.[1];
  return target === undefined ? 'status' : `status "${target}"`;
}
