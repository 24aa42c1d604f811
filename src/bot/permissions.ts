import { MigrationError, toMigrationError } from '../engine/domain/failure.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import type { Permission } from './commands/command.ts';
import { includes } from './commands/parse.ts';
import type { Person } from './read-activity.ts';

/** Who may do what, by Entra object id of a person or group, and whose tenants are let in. */
export interface People {
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
  /** Who may decide alone in an emergency. */
  readonly breakGlass?: readonly string[];
  readonly tenants: readonly string[];
  /** In a sandbox without lists everybody may operate. */
  readonly sandbox: boolean;
}

/** Which of the groups a person is in, directly or through others. */
export type MemberGroups = (personId: string, groupIds: readonly string[]) => Promise<readonly string[]>;

/** An answer about groups is used this long: who leaves a group loses the role within five minutes. */
const GROUPS_LIFETIME = 300_000;
const MOST_REMEMBERED = 10_000;

export interface RolesOptions {
  readonly people: People;
  /** Absent where no app can ask. */
  readonly groups: MemberGroups | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The roles of people, asked at every command and every button. */
export class Roles {
  readonly #options: RolesOptions;
  readonly #known = new Map<string, { readonly groups: readonly string[]; readonly until: number }>();
  readonly #guests = new Map<string, { readonly guest: boolean; readonly until: number }>();

  constructor(options: RolesOptions) {
    this.#options = options;
  }

  /** The highest permission of a person now; undefined for strangers, guests and foreign tenants. */
  async permissionOf(person: Person, isGuest: () => Promise<boolean>): Promise<Permission | undefined> {
    const { people } = this.#options;
    // A foreign tenant is refused before anybody asks about groups.
    if (!isHome(person, people)) return undefined;
    const held = await this.#held(person);
    // Guests carry the tenant that invited them: only the roster tells them apart.
    return held === undefined || (await this.#isGuest(person, isGuest)) ? undefined : held;
  }

  /** Whether somebody is of a tenant that is let in. */
  isHome(person: Person): boolean {
    return isHome(person, this.#options.people);
  }

  /** Whether a person holds the role of emergencies now. */
  async breaksGlass(person: Person, isGuest: () => Promise<boolean>): Promise<boolean> {
    const { people } = this.#options;
    const named = (ids: readonly string[]): boolean =>
      (people.breakGlass ?? []).some((id) => ids.includes(id.toLowerCase()));
    if (!isHome(person, people)) return false;
    const holds = named([person.id]) || named(await this.#groupsOf(person));
    return holds && !(await this.#isGuest(person, isGuest));
  }

  /** The permission of somebody the lists name; groups are not asked about. */
  named(person: Person): Permission | undefined {
    return permissionOf(person, this.#options.people);
  }

  /** Whether somebody of the own tenant, let in before, still has a role: for what happens outside of any conversation. */
  async stillMay(id: string, needed: Permission): Promise<boolean> {
    const [tenantId = ''] = this.#options.people.tenants;
    const held = await this.#held({ id, tenantId: tenantId.toLowerCase(), name: '', locale: '', chatId: '' });
    return held !== undefined && includes(held, needed);
  }

  async #held(person: Person): Promise<Permission | undefined> {
    const { people } = this.#options;
    const own = permissionOf(person, people);
    const groups = own === 'approve' ? [] : await this.#groupsOf(person);
    return highest([own, ...groups.map((id) => permissionOf({ ...person, id }, people))]);
  }

  async #isGuest({ id }: Person, ask: () => Promise<boolean>): Promise<boolean> {
    const { clock } = this.#options;
    const known = this.#guests.get(id);
    if (known !== undefined && known.until > clock.now()) return known.guest;
    const guest = await ask().catch((error: unknown) => {
      throw new MigrationError('TryAgain', {}, { cause: error });
    });
    if (this.#guests.size >= MOST_REMEMBERED) this.#guests.clear();
    this.#guests.set(id, { guest, until: clock.now() + GROUPS_LIFETIME });
    return guest;
  }

  async #groupsOf({ id }: Person): Promise<readonly string[]> {
    const { people, groups, clock, log } = this.#options;
    const { approvers, operators, viewers, breakGlass = [] } = people;
    const asked = [...new Set([...approvers, ...operators, ...viewers, ...breakGlass])];
    const known = this.#known.get(id);
    if (groups === undefined || asked.length === 0) return [];
    if (known !== undefined && known.until > clock.now()) return known.groups;
    try {
      const found = (await groups(id, asked)).map((each) => each.toLowerCase());
      if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
      this.#known.set(id, { groups: found, until: clock.now() + GROUPS_LIFETIME });
      return found;
    } catch (error) {
      // Nobody gets a role because Graph did not answer.
      log.warn({ code: toMigrationError(error).code }, 'groups could not be read; only people named themselves count');
      return [];
    }
  }
}

/** The permission of an id by the lists alone. */
export function permissionOf(person: Person, people: People): Permission | undefined {
  if (!isHome(person, people)) return undefined;
  const holds = (list: readonly string[]): boolean => list.some((id) => id.toLowerCase() === person.id);
  if (holds(people.approvers)) return 'approve';
  if (holds(people.operators)) return 'operate';
  // Who may break the glass has to see what for.
  if (holds(people.viewers) || holds(people.breakGlass ?? [])) return 'view';
  const noLists = people.viewers.length + people.operators.length + people.approvers.length === 0;
  return people.sandbox && noLists ? 'operate' : undefined;
}

function isHome({ tenantId }: Person, { tenants, sandbox }: People): boolean {
  return tenants.some((tenant) => tenant.toLowerCase() === tenantId) || (sandbox && tenants.length === 0);
}

function highest(permissions: readonly (Permission | undefined)[]): Permission | undefined {
  return (['approve', 'operate', 'view'] as const).find((each) => permissions.includes(each));
}
