import { NOBODY } from '../cards/eyes.ts';
import type { Mention } from '../cards/mentions.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import type { AskingCard, ConversationBook } from './conversation-book.ts';
import type { Roles } from './permissions.ts';
import { placeHash } from './place-hash.ts';

/** More names in one message ring for nobody. */
const MOST_MENTIONED = 10;
/** So many private chats are asked who sits there, at most. */
const MOST_CHATS = 500;

export type RingPlace = Pick<AskingCard, 'place' | 'audience' | 'reader'>;

/** Where a message about an approval goes, and whom it mentions there. */
export type RingTarget = RingPlace & { readonly mentions: readonly Mention[] };

/** Where people hear of approvals. Roles are asked for at the moment: who lost one is neither told nor mentioned. */
export class ApprovalPlaces {
  readonly #book: ConversationBook;
  readonly #roles: Pick<Roles, 'stillMay'>;

  constructor(book: ConversationBook, roles: Pick<Roles, 'stillMay'>) {
    this.#book = book;
    this.#roles = roles;
  }

  /** Conversations that follow a batch by its live card or by "watch", and did not mute it. */
  async watching(batch: BatchName | undefined): Promise<readonly RingPlace[]> {
    if (batch === undefined) return [];
    const [pinned, subscriptions] = await Promise.all([this.#book.pinned(batch), this.#book.subscriptions(batch)]);
    const muted = new Set(subscriptions.filter(({ mode }) => mode === 'mute').map(({ place }) => placeHash(place)));
    return [...pinned, ...subscriptions].filter(({ place }) => !place.personal && !muted.has(placeHash(place)));
  }

  /** The own chats of everybody who may answer, without some. */
  async ofApprovers(without: ReadonlySet<string>): Promise<readonly RingPlace[]> {
    const found: RingPlace[] = [];
    for (const { person, place } of (await this.#book.privateChats()).slice(0, MOST_CHATS))
      if (!without.has(person) && (await this.#roles.stillMay(person, 'approve')))
        found.push({ place, reader: person });
    return found;
  }

  /** Every conversation that follows anything, and the approvers' own. Nobody can mute it. */
  async everywhere(): Promise<readonly RingPlace[]> {
    const shared = (await this.#book.everyPlace()).filter(({ place }) => !place.personal);
    return [...shared, ...(await this.ofApprovers(new Set()))];
  }

  /** Each place once, with the approvers there who are to act. */
  async ringing(places: readonly RingPlace[], without: ReadonlySet<string>): Promise<readonly RingTarget[]> {
    // Threads of a channel have the same readers; the first one stays.
    const once = new Map(places.toReversed().map((each) => [channelOf(each), each])).values();
    return Promise.all([...once].map(async (each) => ({ ...each, mentions: await this.#mentions(each, without) })));
  }

  async #mentions({ audience = NOBODY }: RingPlace, without: ReadonlySet<string>): Promise<readonly Mention[]> {
    const mentions: Mention[] = [];
    for (const { id, chatId, name } of audience.approvers) {
      if (mentions.length === MOST_MENTIONED) break;
      if (!without.has(id) && (await this.#roles.stillMay(id, 'approve'))) mentions.push({ id: chatId, name });
    }
    return mentions;
  }
}

function channelOf({ place: { conversationId } }: RingPlace): string {
  return conversationId.split(';')[0] ?? '';
}
