import { errorCard } from '../cards/error-card.ts';
import type { Card } from '../cards/elements.ts';
import { type Audience, NOBODY } from '../cards/eyes.ts';
import { localeFor } from '../cards/locale.ts';
import {
  type Failure,
  type FailureCode,
  type FailureDetails,
  MigrationError,
  failure,
  toMigrationError,
} from '../engine/domain/failure.ts';
import type { Finding } from '../engine/doctor.ts';
import { type BatchName, parseBatchName } from '../engine/domain/ids.ts';
import type { World } from '../engine/ports.ts';
import type { ChatPort, Place } from './chat-port.ts';
import { Audiences, type Member } from './audiences.ts';
import { CommandRunner } from './command-runner.ts';
import type { CommandReply, Here, WrittenFile } from './commands/command.ts';
import { includes } from './commands/parse.ts';
import { looksLikeSecret } from './commands/tokenize.ts';
import { discreetTurn } from './discreet-chat.ts';
import type { ConversationBook, PostedCard } from './conversation-book.ts';
import type { FileOffer, FileOffers } from './file-offers.ts';
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
  /** The roster of the conversation, its first page. */
  members(): Promise<readonly Member[]>;
  /** Posts a card into the conversation of the turn; returns its activity id. */
  reply(card: Card): Promise<string>;
  /** Answers a button in place: a new card for it, or a short message beside it. */
  answer(result: { readonly card: Card } | { readonly message: string }): Promise<void>;
  /** Asks the person of a personal chat whether to put a file into their OneDrive. */
  offerFile(offer: FileOffer, description: string): Promise<void>;
  /** Answers a dialog: what it shows next; undefined closes it. */
  dialog(next: Dialog | undefined): Promise<void>;
}

export interface MigrationBotOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly roles: Roles;
  readonly outbox: Outbox;
  readonly files: Pick<FileOffers, 'offer' | 'answered'>;
  readonly chat: Pick<ChatPort, 'post'>;
  readonly zone: string;
  readonly reportAt: number;
  /** Where addresses of users are shown. */
  readonly details: 'personal' | 'everywhere';
  /** Hears of every live card once it is remembered. */
  readonly onPinned: (batch: BatchName) => void;
}

/** Turns what people write and press into commands, and commands into cards. Every turn ends in well under a second. */
export class MigrationBot {
  readonly #world: World;
  readonly #book: ConversationBook;
  readonly #runner: CommandRunner;
  readonly #audiences: Audiences;
  readonly #outbox: Outbox;
  readonly #files: MigrationBotOptions['files'];
  readonly #chat: MigrationBotOptions['chat'];
  readonly #defaults: Pick<MigrationBotOptions, 'zone' | 'reportAt'>;
  readonly #details: MigrationBotOptions['details'];
  readonly #onPinned: MigrationBotOptions['onPinned'];

  constructor({ world, book, roles, outbox, files, chat, zone, reportAt, onPinned, details }: MigrationBotOptions) {
    this.#details = details;
    this.#onPinned = onPinned;
    this.#outbox = outbox;
    this.#files = files;
    this.#chat = chat;
    this.#defaults = { zone, reportAt };
    this.#world = world;
    this.#book = book;
    this.#runner = new CommandRunner(world, roles);
    this.#audiences = new Audiences({ roles, clock: world.clock, log: world.log });
  }

  async handle(incoming: Incoming, turn: Turn): Promise<void> {
    return this.#handle(incoming, this.#discreet(incoming, turn));
  }

  // A view that only one person gets to see is as good as a chat with that person alone.
  #discreet(incoming: Incoming, turn: Turn): Turn {
    if (this.#details === 'everywhere' || !('place' in incoming) || incoming.kind === 'look') return turn;
    const words = 'text' in incoming ? (incoming.text ?? '') : '';
    return discreetTurn(turn, incoming.place, words, localeFor(incoming.by?.locale));
  }

  async #handle(incoming: Incoming, turn: Turn): Promise<void> {
    // Whoever hears from a conversation is in it (again): what waited for it may go out.
    if (incoming.kind === 'removed') return this.#removed(incoming.place);
    if ('place' in incoming) {
      const { place, by } = incoming;
      await this.#outbox.reopen(place);
      await this.#book.rememberPlace(place, this.#world.clock.now());
      if (place.personal && by !== undefined) await this.#book.rememberPrivateChat(by, place);
    }
    switch (incoming.kind) {
      case 'message':
        if (await this.#book.isNew(incoming.id)) await this.#message(incoming, turn);
        return;
      case 'action':
        return this.#action(incoming, turn);
      case 'file':
        return this.#file(incoming, turn);
      case 'look':
        return this.#look(incoming, turn);
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

  // What it still has to say there waits until it is back.
  async #removed(place: Place): Promise<void> {
    await this.#outbox.close(place);
    await this.#book.forgetPlace(place);
  }

  async #message({ text, by, place, offersUsers }: Extract<Incoming, { kind: 'message' }>, turn: Turn): Promise<void> {
    // Refused before anything else looks at it: not parsed, not logged, not stored.
    if (looksLikeSecret(text)) {
      await turn.reply(errorCard(failure('PasswordInChat'), localeFor(by.locale)));
      return;
    }
    if (offersUsers) {
      await turn.reply(errorCard(failure('UsersInChat'), localeFor(by.locale)));
      return;
    }
    await this.#run(text === '' ? 'help' : text, by, place, turn);
  }

  async #run(text: string, by: Person | undefined, place: Place, turn: Turn): Promise<void> {
    try {
      await this.#post(await this.#runner.answer(text, by, this.#here(place, by), turn), by, place, turn);
    } catch (error) {
      await turn.reply(this.#errorCard(error, by));
    }
  }

  // What does not belong in the place of the card that was pressed is posted below, so that the live card stays.
  async #action(
    { id, text, card, by, place, invoke }: Extract<Incoming, { kind: 'action' }>,
    turn: Turn,
  ): Promise<void> {
    if (text === undefined) return turn.answer({ message: localeFor(by.locale).t.error.otherVersion });
    const first = await this.#book.isNew(id);
    try {
      if (looksLikeSecret(text)) throw new MigrationError('PasswordInChat');
      const reply = await this.#runner.answer(first ? text : statusOf(text), by, this.#here(place, by), turn);
      if (invoke && card !== '' && (await this.#belongs(reply, place, card))) {
        const audience = await this.#audience(reply, place, turn);
        await this.#remember(reply, { place, activityId: card, audience }, by);
        return await turn.answer({ card: await this.#ownCard(reply, audience, by, turn) });
      }
      if (first) await this.#post(reply, by, place, turn);
      await turn.answer({ message: localeFor(by.locale).t.error.below });
    } catch (error) {
      const known = toMigrationError(error);
      const now = invoke && STALE.has(known.code) ? approvalOfWords(text) : undefined;
      if (now !== undefined) return this.#look({ view: { of: 'approval', target: now }, by, place }, turn);
      await turn.reply(this.#errorCard(error, by));
      await turn.answer({ message: localeFor(by.locale).failure(failure(known.code, known.details)).message });
    }
  }

  // A view of one person: read from the state, whatever the button that asks for it is about to say.
  async #look(
    { view, by, place }: Pick<Extract<Incoming, { kind: 'look' }>, 'view' | 'by' | 'place'>,
    turn: Turn,
  ): Promise<void> {
    try {
      const words = view.of === 'approval' ? 'approvals' : 'status';
      const reply = await this.#runner.carryOut(
        `${words} "${view.target.replaceAll('"', '')}"`,
        by,
        this.#here(place, by),
        turn,
      );
      const audience = await this.#audience(reply, place, turn);
      await turn.answer({ card: await this.#ownCard(reply, audience, by, turn) });
    } catch (error) {
      await turn.answer({ message: localeFor(by.locale).failure(this.#explain(error)).message });
    }
  }

  async #post(reply: CommandReply, by: Person | undefined, place: Place, turn: Turn): Promise<void> {
    const audience = await this.#audience(reply, place, turn);
    // Alone with Bellhop, a person sees their own card from the start.
    const own = place.personal && by !== undefined;
    const card = own ? await this.#ownCard(reply, audience, by, turn) : (reply.cardFor?.({ audience }) ?? reply.card);
    await this.#remember(reply, { place, activityId: await turn.reply(card), audience }, by);
    if (own) await this.#offerFiles(reply.files ?? [], by, turn);
  }

  // Files name every user: whoever may only look gets the card.
  async #offerFiles(files: readonly WrittenFile[], by: Person, turn: Turn): Promise<void> {
    if (files.length === 0 || !includes(await this.#runner.permit(by, 'view', turn), 'operate')) return;
    for (const file of files) await this.#offer(file, by, turn);
  }

  // The file is on the server in any case: an offer that cannot be made is no failure of the command.
  async #offer(file: WrittenFile, by: Person, turn: Turn): Promise<void> {
    const { t, bytes } = localeFor(by.locale);
    try {
      await turn.offerFile(await this.#files.offer(file, by), t.files.offered(bytes(file.bytes)));
    } catch (error) {
      this.#world.log.warn({ code: toMigrationError(error).code }, 'a file could not be offered');
    }
  }

  // Asked again at the answer: who lost the role since gets no file.
  async #file(answer: Extract<Incoming, { kind: 'file' }>, turn: Turn): Promise<void> {
    try {
      await this.#runner.permit(answer.by, 'operate', turn);
      await this.#files.answered(answer);
    } catch (error) {
      await turn.reply(this.#errorCard(error, answer.by));
    }
  }

  async #ownCard(reply: CommandReply, audience: Audience, by: Person, turn: Turn): Promise<Card> {
    if (reply.cardFor === undefined) return reply.card;
    const held = await this.#runner.permit(by, 'view', turn);
    return reply.cardFor({ audience, person: { id: by.id, held } });
  }

  async #audience(reply: CommandReply, place: Place, turn: Turn): Promise<Audience> {
    return reply.cardFor === undefined ? NOBODY : this.#audiences.of(place, () => turn.members());
  }

  // A batch card answers in place and stays the live one; so does a card that asked for an approval.
  async #belongs(reply: CommandReply, place: Place, card: string): Promise<boolean> {
    const live = reply.live === undefined ? undefined : parseBatchName(reply.live.batch);
    return reply.replaces === true || (live !== undefined && (await this.#isLiveCard(live, place, card)));
  }

  #formDesk({ id, by, place }: Extract<Incoming, { kind: 'form' }>, turn: Turn): FormDesk {
    return {
      world: this.#world,
      locale: localeFor(by.locale),
      zone: this.#defaults.zone,
      permit: async (needed) => void (await this.#runner.permit(by, needed, turn)),
      isNew: () => this.#book.isNew(id),
      execute: (text) => this.#runner.carryOut(text, by, this.#here(place, by), turn),
      post: (reply) => this.#post(reply, by, place, turn),
      explain: (error) => this.#explain(error),
    };
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
      const at = this.#world.clock.now();
      await this.#book.expect({ request: reply.pending.request, about, ...card, ...owner, at });
    }
  }

  #here(place: Place, by: Person | undefined): Here {
    return {
      ...this.#defaults,
      personal: place.personal,
      hasPrivateChat: async () => by !== undefined && (await this.#book.privateChat(by)) !== undefined,
      // Not by the outbox, which would keep the card.
      tellPrivately: async (card) => {
        const chat = by === undefined ? undefined : await this.#book.privateChat(by);
        return chat !== undefined && (await this.#chat.post(chat, card)).outcome === 'posted';
      },
      subscribe: (target, mode) => this.#book.subscribe({ place, target, mode }),
      scheduleReport: (schedule) => this.#book.scheduleReport(place, schedule),
      history: () => this.#book.history(),
      findings: async () => [
        await this.#placesFinding(),
        { what: 'conversations', health: 'good', value: String((await this.#book.pinnedBatches()).length) },
        ...(await this.#outbox.findings()),
      ],
    };
  }

  async #placesFinding(): Promise<Finding> {
    const places = await this.#book.placeCount();
    return { what: 'places', health: places === 0 ? 'look' : 'good', value: String(places) };
  }

  #errorCard(error: unknown, by: Person | undefined): Card {
    const { code, details } = toMigrationError(error);
    const nearest = typeof details['nearest'] === 'string' ? details['nearest'] : undefined;
    return errorCard(this.#explain(error), localeFor(by?.locale), nearest, missingStep(code, details));
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
  Planned: 'identity',
  Probed: 'identity',
  Decided: 'identity',
  CutoverMoved: 'identity',
} as const;

/** The command that has to come first, where it is clear which. */
function missingStep(code: FailureCode, { batch, command, endpoint }: FailureDetails): string | undefined {
  if (code === 'BatchEmpty') return `add users ${String(batch)}`;
  if (code === 'UsageError' && typeof command === 'string') return `help ${command}`;
  return code === 'UnknownEndpoint' && endpoint !== undefined ? 'endpoints' : undefined;
}

/** A press on a card that is not up to date: it is answered with the state. */
const STALE: ReadonlySet<FailureCode> = new Set<FailureCode>(['ApprovalOver', 'ApprovalTwice']);

function approvalOfWords(text: string): string | undefined {
  return /^(?:approve|reject) "([0-9A-F]{6})"/i.exec(text)?.[1];
}

// A repeated press has no second effect; it shows where things stand.
function statusOf(text: string): string {
  const target = /"([^"]+)"$/.exec(text)?.[1];
  return target === undefined ? 'status' : `status "${target}"`;
}
