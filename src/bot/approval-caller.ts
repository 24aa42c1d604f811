import { type ApprovalRing, approvalCard } from '../cards/approval-card.ts';
import type { Card } from '../cards/elements.ts';
import { NOBODY, approvalEyes } from '../cards/eyes.ts';
import { glassCard } from '../cards/glass-card.ts';
import type { Locale } from '../cards/locale.ts';
import type { Mention } from '../cards/mentions.ts';
import { callApprovals } from '../engine/approval-calls.ts';
import { approvalView, requireApproval } from '../engine/approvals.ts';
import { type Approval, glassOf } from '../engine/domain/approval.ts';
import { type QuietHours, isQuiet, wallTime } from '../engine/domain/wall-clock.ts';
import type { World } from '../engine/ports.ts';
import type { ConversationBook, PendingCard } from './conversation-book.ts';
import type { ApprovalPlaces, RingTarget } from './approval-places.ts';
import type { Outbox } from './outbox.ts';
import { placeHash } from './place-hash.ts';

const LOOK_EVERY = 15_000;
const FASTEST_LOOK = 1_000;
/** What is over for longer is no news, in ms. */
const NEWS = 86_400_000;
/** What a decision led to is known by then, in ms. */
const OUTCOME_WITHIN = 60_000;
export interface ApprovalCallerOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly outbox: Outbox;
  readonly places: ApprovalPlaces;
  readonly locale: Locale;
  readonly quiet: QuietHours | undefined;
  readonly zone: string;
}

type Why = ApprovalRing['why'];

/**
 * Rings for open approvals: a reminder where it was asked, later everybody who may answer, at last that it is over. What is
 * to be said stands in the state and each post has a name, so that neither a restart nor a second bot says it twice.
 */
export class ApprovalCaller {
  readonly #options: ApprovalCallerOptions;
  readonly #told = new Set<string>();
  #lookedAt = 0;

  constructor(options: ApprovalCallerOptions) {
    this.#options = options;
  }

  /** Something was decided: looks at the next turn, not in a while. */
  hurry(): void {
    this.#lookedAt = 0;
  }

  /** Posts what is due; answers the approvals whose cards have to be looked at again. */
  async look(): Promise<readonly string[]> {
    const { world, quiet, zone } = this.#options;
    const now = world.clock.now();
    const { timeScale } = world.settings;
    if (now - this.#lookedAt < Math.max(FASTEST_LOOK, LOOK_EVERY / timeScale)) return [];
    this.#lookedAt = now;
    await callApprovals(world, isQuiet(wallTime(now, zone), quiet));
    const rung: string[] = [];
    for (const approval of await world.store.approvals()) {
      await this.#announceGlass(approval, now);
      for (const why of ringsOf(approval)) {
        const name = `${approval.id}:${why}`;
        if (this.#told.has(name)) continue;
        const isOld = why === 'expire' && now - approval.expiresAt > NEWS / timeScale;
        if (isOld || (await this.#ring(approval, why))) this.#told.add(name);
        if (await this.#hasToBeSeen(approval, why)) rung.push(approval.id);
      }
    }
    return rung;
  }

  // Said when its plan was carried out or came to nothing, everywhere, in quiet hours, too.
  async #announceGlass(approval: Approval, now: number): Promise<void> {
    const glass = glassOf(approval);
    const { outbox, places, locale } = this.#options;
    const name = `${approval.id}:glass`;
    if (glass === undefined || this.#told.has(name) || now - glass.at > NEWS) return;
    if (approval.state === 'approved' && now - glass.at < OUTCOME_WITHIN) return;
    let all = true;
    const who = new Set([glass.by.id]);
    for (const { place, mentions } of await places.ringing(await places.everywhere(), who)) {
      const makeCard = async (): Promise<Card> => glassCard(approvalView(approval, now), locale, mentions);
      const entry = await outbox.post(`approval:${name}:${placeHash(place)}`, place, makeCard);
      if (entry === undefined) all = false;
    }
    if (all) this.#told.add(name);
  }

  // True when nobody is left to be told.
  async #ring({ id }: Approval, why: Why): Promise<boolean> {
    const { world, book, outbox, locale } = this.#options;
    const asking = await book.expected(id);
    // The card that asks is posted a moment after the question is stored.
    if (asking === undefined) return why === 'expire';
    const approval = await requireApproval(world, id);
    let all = true;
    for (const { mentions, ...target } of await this.#targets(approval, asking, why)) {
      const { place, reader, audience = NOBODY } = target;
      const makeCard = async (): Promise<Card> => {
        const person = reader === undefined ? {} : { person: { id: reader, held: 'approve' as const } };
        const eyes = approvalEyes(approval, { audience, ...person });
        return approvalCard(approvalView(approval, world.clock.now()), locale, eyes, { why, mentions });
      };
      const entry = await outbox.post(`approval:${id}:${why}:${placeHash(place)}`, place, makeCard);
      if (entry === undefined) all = false;
      else if (entry.activityId !== undefined && why !== 'expire')
        await book.alsoAsks(id, { ...target, activityId: entry.activityId, ring: { why, mentions } });
    }
    return all;
  }

  /** Nobody is to be told any more that it is over. */
  isOver(id: string): boolean {
    return this.#told.has(`${id}:expire`);
  }

  // What was decided while its cards were on their way is not on all of them.
  async #hasToBeSeen({ id, state, decisions }: Approval, why: Why): Promise<boolean> {
    if (why === 'expire') return (await this.#options.book.expected(id)) !== undefined;
    const now = await this.#options.world.store.approval(id);
    return now?.state !== state || now.decisions.length !== decisions.length;
  }

  async #targets(approval: Approval, asking: PendingCard, why: Why): Promise<readonly RingTarget[]> {
    if (why === 'expire') return [{ place: asking.place, mentions: ownerOf(asking) }];
    const { places } = this.#options;
    const counted = approval.decisions.filter(({ withdrawn }) => withdrawn !== true);
    const answered = new Set([approval.requestedBy.id, ...counted.map(({ by }) => by.id)]);
    const here = asking.place.personal || why === 'ask' ? [] : [asking];
    const watching = why === 'escalate' ? await places.watching(approval.plan.batch) : [];
    // Asked where nobody else is, it is brought to those who may answer.
    const chats = why === 'escalate' || asking.place.personal ? await places.ofApprovers(answered) : [];
    return places.ringing([...here, ...watching, ...chats], answered);
  }
}

function ringsOf({ state, remindedAt, escalatedAt }: Approval): readonly Why[] {
  if (state === 'expired') return ['expire'];
  if (state !== 'open') return [];
  if (escalatedAt !== undefined) return ['escalate'];
  return remindedAt === undefined ? ['ask'] : ['ask', 'remind'];
}

function ownerOf({ place, owner }: PendingCard): readonly Mention[] {
  return owner === undefined || place.personal ? [] : [owner];
}
