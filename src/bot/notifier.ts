import { createHash } from 'node:crypto';
import { approvalCard } from '../cards/approval-card.ts';
import { batchCard } from '../cards/batch-card.ts';
import { checkCard } from '../cards/check-card.ts';
import { cutoverCard } from '../cards/cutover-card.ts';
import type { Card } from '../cards/elements.ts';
import { endpointTestCard } from '../cards/endpoint-card.ts';
import { NOBODY, approvalEyes } from '../cards/eyes.ts';
import type { Locale } from '../cards/locale.ts';
import { noticeCard } from '../cards/notice-card.ts';
import { probeCard } from '../cards/probe-card.ts';
import { planCard } from '../cards/plan-card.ts';
import { verifyCard } from '../cards/verify-card.ts';
import { approvalView, requireApproval } from '../engine/approvals.ts';
import { cutoverView } from '../engine/cutover-view.ts';
import { toMigrationError } from '../engine/domain/failure.ts';
import type { MigrationEvent } from '../engine/domain/events.ts';
import { type BatchName, parseBatchName } from '../engine/domain/ids.ts';
import type { World } from '../engine/ports.ts';
import { batchCheck, batchOverview } from '../engine/queries.ts';
import { probeView } from '../engine/probe.ts';
import { planView } from '../engine/plan.ts';
import type { Target } from '../engine/users-of.ts';
import { verifyView } from '../engine/verify.ts';
import { readTarget } from './commands/arguments.ts';
import type { ApprovalCaller } from './approval-caller.ts';
import type { ChatPort } from './chat-port.ts';
import type { AskingCard, ConversationBook, PostedCard } from './conversation-book.ts';
import type { FailureNotifier } from './failure-notifier.ts';
import type { Outbox } from './outbox.ts';

/** One edit of a card in this time, at most: Teams allows about 60 messages in 30 s a thread, and edits make cards flicker. */
const EDIT_EVERY = 10_000;
/** However fast the clock of a sandbox runs: its Teams counts in real time, and answers in a thread need room, too. */
const FASTEST_EDIT = 2_500;
const LOOK_EVERY = 1_000;

const DECIDING: ReadonlySet<MigrationEvent['type']> = new Set([
  'ApprovalDecided',
  'ApprovalExpired',
  'ApprovalWithdrawn',
  'ApprovalDone',
  'ApprovalVoided',
]);
const AT_WORK = new Set(['Syncing', 'IncrementalSyncing', 'Stopping', 'Completing', 'Removing']);

export interface NotifierOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly chat: ChatPort;
  readonly outbox: Outbox;
  readonly locale: Locale;
  readonly failures: FailureNotifier;
  readonly approvals: Pick<ApprovalCaller, 'look' | 'hurry' | 'isOver'>;
  /** Posts the daily reports that are due. */
  readonly reports: () => Promise<void>;
}

/**
 * Brings what happened back into the chat: live cards are edited in place, cards that wait for a job get its answer.
 * Reads the event log and the state, never blocks the engine; what could not be sent is sent at the next look.
 */
export class Notifier {
  readonly #world: World;
  readonly #book: ConversationBook;
  readonly #chat: ChatPort;
  readonly #outbox: Outbox;
  readonly #locale: Locale;
  readonly #failures: FailureNotifier;
  readonly #approvals: NotifierOptions['approvals'];
  readonly #reports: () => Promise<void>;
  readonly #dirty = new Set<BatchName>();
  /** Approvals with news. */
  readonly #deciding = new Set<string>();
  /** Requests of comparisons and plans with news. */
  readonly #answering = new Set<string>();
  readonly #editedAt = new Map<string, number>();
  readonly #shown = new Map<string, string>();

  constructor({ world, book, chat, outbox, locale, failures, approvals, reports }: NotifierOptions) {
    this.#approvals = approvals;
    this.#reports = reports;
    this.#outbox = outbox;
    this.#locale = locale;
    this.#failures = failures;
    this.#world = world;
    this.#book = book;
    this.#chat = chat;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (const batch of await this.#book.pinnedBatches()) this.#dirty.add(batch);
    for (const { request } of await this.#book.allExpected()) this.#answering.add(request);
    const following = this.#world.events.follow('notifier', (events) => this.#onEvents(events), signal);
    const editing = this.#editLoop(signal);
    await Promise.all([following, editing]);
  }

  /**
   * A card was pinned just now. What it shows may have changed while it was on its way, and the events of that are
   * past: it is looked at once more.
   */
  pinned(batch: BatchName): void {
    this.#dirty.add(batch);
  }

  async #onEvents(events: readonly MigrationEvent[]): Promise<void> {
    await this.#failures.onEvents(events);
    for (const event of events) {
      if ('batch' in event) this.#dirty.add(event.batch);
      if (event.type === 'Verified' || event.type === 'Planned' || event.type === 'Probed')
        this.#answering.add(event.request);
      if (DECIDING.has(event.type) && 'approval' in event) {
        this.#deciding.add(event.approval);
        this.#approvals.hurry();
      }
      if (event.type === 'EndpointTested')
        await this.#answerTest(event.request, endpointTestCard(event.endpoint, event.test, this.#locale));
    }
  }

  async #editLoop(signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.#world;
    const pause = Math.min(LOOK_EVERY, editEvery(settings));
    while (!signal.aborted) {
      await clock.sleep(pause, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#quietly(() => this.#failures.look());
      await this.#quietly(() => this.#reports());
      await this.#quietly(async () => {
        for (const id of await this.#approvals.look()) this.#deciding.add(id);
      });
      await this.#quietly(async () => {
        for (const id of [...this.#deciding]) await this.#editApproval(id);
        for (const batch of [...this.#dirty]) await this.#editBatch(batch);
        for (const { request, about } of await this.#book.allExpected()) {
          await this.#editCheck(request, about);
          await this.#editAnswer(request, about);
          await this.#editCutover(request, about);
        }
      });
    }
  }

  // A batch at work stays on the list: its progress is no event.
  async #editBatch(batch: BatchName): Promise<void> {
    const pinned = await this.#book.pinned(batch);
    if (pinned.length === 0) {
      this.#dirty.delete(batch);
      return;
    }
    if (!this.#mayEdit(batch)) return;
    if ((await this.#world.store.batch(batch)) === undefined) return this.#sayGone(batch, pinned);
    // Taken off the list before the state is read: what happens from here on puts it there again.
    this.#dirty.delete(batch);
    const view = await batchOverview(this.#world, batch);
    if (AT_WORK.has(view.status)) this.#dirty.add(batch);
    for (const posted of pinned) {
      const card = batchCard(view, this.#locale, { audience: posted.audience ?? NOBODY });
      if (await this.#outbox.isClosed(posted.place)) continue;
      const edited = await this.#edit(posted, card);
      if (edited === 'later') this.#dirty.add(batch);
      else if (edited !== 'done') await this.#book.pin(batch, edited);
    }
  }

  // The last word of a live card: its batch was removed.
  async #sayGone(batch: BatchName, pinned: readonly PostedCard[]): Promise<void> {
    this.#dirty.delete(batch);
    const { t } = this.#locale;
    const notice = {
      what: t.ending.what,
      tone: 'done',
      state: t.ending.gone,
      name: batch,
      sentence: t.ending.batch,
    } as const;
    for (const posted of pinned) {
      if (!(await this.#outbox.isClosed(posted.place))) await this.#edit(posted, noticeCard(notice));
      await this.#book.unpin(batch, posted);
    }
  }

  async #editCheck(request: string, about: string): Promise<void> {
    const batch = parseBatchName(about);
    const check = batch === undefined ? undefined : await batchCheck(this.#world, batch);
    const pending = await this.#book.expected(request);
    if (check === undefined || pending === undefined || check.request !== request) return;
    if (check.finishedAt === null && !this.#mayEdit(request)) return;
    const edited = await this.#edit(pending, checkCard(check, this.#locale));
    if (check.finishedAt !== null && edited !== 'later') await this.#book.answered(request);
  }

  // A card that waits for a comparison or a plan: about a user or a batch, edited until the last user is done.
  async #editAnswer(request: string, about: string): Promise<void> {
    const target = readTarget(about);
    const pending = await this.#book.expected(request);
    if (target === undefined || pending === undefined || !this.#answering.has(request) || !this.#mayEdit(request))
      return;
    const { view, card } = await this.#answerOf(target, request);
    if (view.done === 0) return;
    const edited = await this.#edit(pending, card);
    if (view.done < view.users || edited === 'later') return;
    this.#answering.delete(request);
    await this.#book.answered(request);
  }

  // Which of them it was the state knows: only one has this request.
  async #answerOf(
    target: Target,
    request: string,
  ): Promise<{ readonly view: { readonly done: number; readonly users: number }; readonly card: Card }> {
    const planned = await planView(this.#world, target, request);
    if (planned.done > 0) return { view: planned, card: planCard(planned, this.#locale) };
    const probed = 'user' in target ? await probeView(this.#world, target.user, request) : undefined;
    if (probed?.done === 1) return { view: probed, card: probeCard(probed, this.#locale) };
    const compared = await verifyView(this.#world, target, request);
    return { view: compared, card: verifyCard(compared, this.#locale) };
  }

  // The latest card of a cutover follows it to its end. A step that waits for people is posted anew: an edit rings no bell.
  async #editCutover(request: string, about: string): Promise<void> {
    const batch = parseBatchName(about);
    const pending = await this.#book.expected(request);
    if (batch === undefined || pending === undefined || !request.startsWith('cutover-') || !this.#mayEdit(request))
      return;
    if ((await this.#world.store.cutover(batch)) === undefined) return this.#book.answered(request);
    const view = await cutoverView(this.#world, batch);
    const card = cutoverCard(view, this.#locale);
    const edited = await this.#edit(pending, card);
    if (edited !== 'done' && edited !== 'later') await this.#book.expect({ ...pending, ...edited });
    if (view.state === 'finished' && edited !== 'later') await this.#book.answered(request);
    if (view.status !== 'needs-people' || Date.parse(view.since) <= (pending.at ?? 0)) return;
    const name = `cutover:${batch}:${view.state}:${view.since}`;
    const entry = await this.#outbox.post(name, pending.place, async () => card);
    if (entry?.activityId !== undefined)
      await this.#book.expect({ ...pending, activityId: entry.activityId, at: this.#world.clock.now() });
  }

  // Everybody sees what was decided, on every card that asks, for good.
  async #editApproval(id: string): Promise<void> {
    this.#deciding.delete(id);
    const asking = await this.#book.expected(id);
    const cards: readonly AskingCard[] = [
      ...(asking === undefined ? [] : [asking]),
      ...(await this.#book.otherAsks(id)),
    ];
    if (cards.length === 0) return;
    const approval = await requireApproval(this.#world, id);
    const view = approvalView(approval, this.#world.clock.now());
    let isLater = false;
    for (const posted of cards) {
      const { audience = NOBODY, reader, ring } = posted;
      const person = reader === undefined ? {} : { person: { id: reader, held: 'approve' as const } };
      const eyes = approvalEyes(approval, { audience, ...person });
      const card = approvalCard(view, this.#locale, eyes, view.state === 'open' ? ring : undefined);
      if ((await this.#edit(posted, card)) === 'later') isLater = true;
    }
    if (isLater) this.#deciding.add(id);
    else if (view.state !== 'open' && view.state !== 'approved') {
      await this.#book.forgetAsks(id);
      // Who asked is told that it is over, where it was asked.
      if (view.state !== 'expired' || this.#approvals.isOver(id)) await this.#book.answered(id);
    }
  }

  async #answerTest(request: string, card: Card): Promise<void> {
    // The card that waits may be posted a moment after the answer is there.
    for (let tries = 0; tries < 20; tries += 1) {
      const pending = await this.#book.expected(request);
      if (pending !== undefined) {
        const edited = await this.#edit(pending, card).catch(() => 'later' as const);
        if (edited !== 'later') return this.#book.answered(request);
      }
      await this.#world.clock.sleep(100);
    }
  }

  #mayEdit(name: string): boolean {
    const now = this.#world.clock.now();
    if (now - (this.#editedAt.get(name) ?? 0) < editEvery(this.#world.settings)) return false;
    this.#editedAt.set(name, now);
    return true;
  }

  // `later`: it has to be tried again. A card that had to be posted anew answers where it is now.
  async #edit(posted: PostedCard, card: Card): Promise<'done' | 'later' | PostedCard> {
    const digest = createHash('sha256').update(JSON.stringify(card)).digest('hex');
    if (this.#shown.get(posted.activityId) === digest) return 'done';
    const edited = await this.#chat.update(posted.place, posted.activityId, card);
    switch (edited.outcome) {
      case 'posted':
        this.#shown.set(posted.activityId, digest);
        return 'done';
      case 'gone':
        return (await this.#postAnew(posted, card, digest)) ?? 'done';
      case 'closed':
        await this.#outbox.close(posted.place);
        return 'done';
      // Not taken, or not known: an edit may be repeated.
      case 'later':
      case 'unknown':
        return 'later';
    }
  }

  // Somebody deleted the live card, or Teams lost it (about one edit in a thousand): it is posted again, once.
  async #postAnew(posted: PostedCard, card: Card, digest: string): Promise<PostedCard | undefined> {
    const entry = await this.#outbox.post(`live:${posted.activityId}`, posted.place, async () => card);
    if (entry?.activityId === undefined) return undefined;
    this.#shown.set(entry.activityId, digest);
    return { ...posted, activityId: entry.activityId };
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#world.log.warn({ code: toMigrationError(error).code }, 'a card could not be updated; it is tried again');
    }
  }
}

function editEvery({ timeScale }: World['settings']): number {
  return Math.max(FASTEST_EDIT, EDIT_EVERY / timeScale);
}
