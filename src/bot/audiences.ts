import { type Audience, NOBODY, type Onlooker } from '../cards/eyes.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import { toMigrationError } from '../engine/domain/failure.ts';
import type { Place } from './chat-port.ts';
import type { Permission } from './commands/command.ts';
import type { Roles } from './permissions.ts';

/** Somebody on the roster of a conversation. */
export interface Member extends Onlooker {
  readonly tenantId: string;
  readonly guest: boolean;
}

/** A roster is used this long: who joins sees the card everybody sees until then. */
const LIFETIME = 300_000;
/** A turn does not wait longer for the groups of its onlookers. */
const PATIENCE = 1_500;
const AT_ONCE = 8;
/** Beyond this only people who are named in the lists themselves count: groups are not asked about a whole company. */
const SMALL = 60;
const MOST_REMEMBERED = 1_000;

export interface AudiencesOptions {
  readonly roles: Roles;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which people of a conversation may decide, and which may only look: what personal views of cards are made from. */
export class Audiences {
  readonly #options: AudiencesOptions;
  readonly #known = new Map<string, { readonly audience: Audience; readonly until: number }>();

  constructor(options: AudiencesOptions) {
    this.#options = options;
  }

  /** Nobody when the roster cannot be read: cards are then the same for everybody. */
  async of({ conversationId, personal }: Place, roster: () => Promise<readonly Member[]>): Promise<Audience> {
    const { clock, log } = this.#options;
    // Alone with Bellhop there is nobody else.
    if (personal) return NOBODY;
    const [conversation = ''] = conversationId.split(';');
    const known = this.#known.get(conversation);
    if (known !== undefined && known.until > clock.now()) return known.audience;
    try {
      const audience = await this.#sort(await roster());
      if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
      this.#known.set(conversation, { audience, until: clock.now() + LIFETIME });
      return audience;
    } catch (error) {
      log.warn({ code: toMigrationError(error).code }, 'a roster could not be read; cards are the same for everybody');
      return NOBODY;
    }
  }

  async #sort(roster: readonly Member[]): Promise<Audience> {
    const { roles, clock } = this.#options;
    const people = roster.filter((member) => !member.guest && member.id !== '');
    const held = new Map<string, Permission | undefined>();
    for (const member of people) held.set(member.id, roles.named(personOf(member)));
    if (people.length <= SMALL) {
      const asking = inTurns(people, async (member) => {
        held.set(member.id, await roles.permissionOf(personOf(member), async () => member.guest));
      });
      const enough = new AbortController();
      const waiting = clock.sleep(PATIENCE, enough.signal).catch(() => undefined);
      await Promise.race([asking.catch(() => undefined), waiting]);
      enough.abort();
    }
    const those = (wanted: Permission): readonly Onlooker[] =>
      people.filter(({ id }) => held.get(id) === wanted).map(({ id, chatId, name }) => ({ id, chatId, name }));
    return { approvers: those('approve').slice(0, SMALL), viewers: those('view').slice(0, SMALL) };
  }
}

function personOf({ id, chatId, name, tenantId }: Member) {
  return { id, chatId, name, tenantId, locale: '' };
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
