import { createHash } from 'node:crypto';

/** Somebody with a Teams account. */
export interface Person {
  /** The id Teams gives a person towards one bot, `29:...`. */
  readonly id: string;
  /** Entra object id: what permissions are bound to. */
  readonly aadObjectId: string;
  readonly name: string;
  /** Words for the person switcher; the bot never sees them. */
  readonly role: string;
  readonly userPrincipalName: string;
  readonly locale: string;
  /** Home tenant, when it is not the tenant of the team (shared channels bring such people). */
  readonly tenantId?: string;
  readonly guest?: boolean;
}

/** The tenant of the sample people. */
export const SAMPLE_TENANT = guidOf('tenant contoso.example');

/** One operator, two approvers, a viewer and a guest: enough for every rule of the chat. */
export const SAMPLE_PEOPLE: readonly Person[] = [
  samplePerson('Operator A', 'operator'),
  samplePerson('Approver A', 'approver'),
  samplePerson('Approver B', 'approver'),
  samplePerson('Viewer A', 'viewer'),
  { ...samplePerson('Guest A', 'guest'), guest: true },
];

/** A person with ids of the real form, derived from the name: the same name is the same person in every run. */
export function samplePerson(name: string, role: string): Person {
  return {
    id: `29:1${createHash('sha256').update(`teams id of ${name}`).digest('base64url').slice(0, 40)}`,
    aadObjectId: guidOf(`object id of ${name}`),
    name,
    role,
    userPrincipalName: `${handleOf(name)}@contoso.example`,
    locale: 'en-US',
  };
}

/** The word that stands for a person in addresses and in the console: `Approver A` -> `approver-a`. */
export function handleOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '');
}

/** Finds a person by Teams id, Entra object id, sign-in name or handle. */
export function findPerson(people: readonly Person[], key: string): Person | undefined {
  return people.find((person) =>
    [person.id, person.aadObjectId, person.userPrincipalName, person.name, handleOf(person.name)].includes(key),
  );
}

function guidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
