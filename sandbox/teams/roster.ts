import type { Conversation } from './conversation.ts';
import { findPerson } from './people.ts';
import type { Person } from './people.ts';
import type { JsonObject } from './json-value.ts';

interface Roster {
  readonly people: readonly Person[];
  readonly tenantId: string;
}

/** One page of a conversation's members, in the connector's shape; the token is the place of the next one. */
export function membersPage(
  roster: Roster,
  conversation: Conversation,
  token: string | undefined,
  size: number,
): { readonly members: readonly JsonObject[]; readonly continuationToken?: string } {
  const all = roster.people.filter((person) => conversation.memberIds.includes(person.id));
  const start = Number(token ?? 0);
  const end = start + Math.min(size, 500);
  const members = all.slice(start, end).map((person) => accountOf(roster, person));
  return end < all.length ? { members, continuationToken: String(end) } : { members };
}

/** A member by Teams id, Entra object id or sign-in name. */
export function memberOf(roster: Roster, conversation: Conversation, key: string): JsonObject | undefined {
  const person = findPerson(roster.people, key);
  return person !== undefined && conversation.memberIds.includes(person.id) ? accountOf(roster, person) : undefined;
}

function accountOf(roster: Roster, person: Person): JsonObject {
  const [givenName = '', surname = ''] = person.name.split(' ');
  return {
    id: person.id,
    name: person.name,
    aadObjectId: person.aadObjectId,
    objectId: person.aadObjectId,
    givenName,
    surname,
    email: person.userPrincipalName,
    userPrincipalName: person.userPrincipalName,
    tenantId: person.tenantId ?? roster.tenantId,
    userRole: person.guest === true ? 'guest' : 'user',
  };
}
