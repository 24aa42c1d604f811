import { approvalCard } from '../cards/approval-card.ts';
import type { Card } from '../cards/elements.ts';
import { NOBODY, approvalEyes } from '../cards/eyes.ts';
import { expiryCard } from '../cards/expiry-card.ts';
import type { Locale } from '../cards/locale.ts';
import { approvalView } from '../engine/approvals.ts';
import { type Approval, stateOf } from '../engine/domain/approval.ts';
import { expiryOf } from '../engine/domain/expiry.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import type { MigrationBatch } from '../engine/domain/migration-batch.ts';
import type { World } from '../engine/ports.ts';
import type { ConversationBook, PostedCard } from './conversation-book.ts';
import type { Outbox } from './outbox.ts';
import { placeHash } from './place-hash.ts';

const LOOK_EVERY = 10_000;
const FASTEST_LOOK = 1_000;

export interface AnnouncerOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly outbox: Outbox;
  readonly locale: Locale;
}

/**
 * Says what nobody asked for: that the passwords of a batch will be forgotten, and what Bellhop asks by itself. It is said
 * where the batch has its live card. What is to be said stands in the state and each post has a name, so that it is said once.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #told = new Set<string>();
  #lookedAt = 0;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { world } = this.#options;
    const now = world.clock.now();
    if (now - this.#lookedAt < Math.max(FASTEST_LOOK, LOOK_EVERY / world.settings.timeScale)) return;
    this.#lookedAt = now;
    for (const batch of await world.store.batches()) await this.#sayExpiry(batch);
    for (const approval of await world.store.approvals()) await this.#ask(approval, now);
  }

  async #sayExpiry(batch: MigrationBatch): Promise<void> {
    const { world, locale } = this.#options;
    const { announced, name } = batch;
    if (announced === undefined || expiryOf(batch, world.settings.timeScale) !== announced.end) return;
    const makeCard = async (): Promise<Card> =>
      expiryCard({ batch: name, end: announced.end, now: world.clock.now() }, locale);
    await this.#post(`expiring:${name}:${announced.end}:${announced.before}`, name, makeCard);
  }

  async #ask(approval: Approval, now: number): Promise<void> {
    const { book, locale } = this.#options;
    const { id, plan, unasked } = approval;
    if (unasked !== true || plan.batch === undefined || stateOf(approval, now) !== 'open') return;
    await this.#post(
      `approval:${id}`,
      plan.batch,
      async ({ audience = NOBODY }) =>
        approvalCard(approvalView(approval, now), locale, approvalEyes(approval, { audience })),
      // The first of them follows what is decided; people are reminded by it.
      async (card, activityId) => {
        const asking = {
          place: card.place,
          activityId,
          ...(card.audience === undefined ? {} : { audience: card.audience }),
        };
        if ((await book.expected(id)) === undefined) await book.expect({ request: id, about: id, at: now, ...asking });
        else await book.alsoAsks(id, asking);
      },
    );
  }

  async #post(
    name: string,
    batch: BatchName,
    makeCard: (where: PostedCard) => Promise<Card>,
    onPosted: (where: PostedCard, activityId: string) => Promise<void> = async () => undefined,
  ): Promise<void> {
    if (this.#told.has(name)) return;
    const { book, outbox } = this.#options;
    const places = await book.pinned(batch);
    let all = places.length > 0;
    for (const where of places) {
      const entry = await outbox.post(`${name}:${placeHash(where.place)}`, where.place, () => makeCard(where));
      if (entry === undefined) all = false;
      else if (entry.activityId !== undefined) await onPosted(where, entry.activityId);
    }
    if (all) this.#told.add(name);
  }
}
