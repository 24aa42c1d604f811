import type { Permission } from './commands/command.ts';
import type { Person } from './read-activity.ts';

/** Who may do what, by Entra object id, and whose tenants are let in. */
export interface People {
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
  readonly tenants: readonly string[];
  /** In a sandbox without lists everybody may operate. */
  readonly sandbox: boolean;
}

/** The highest permission of a person now; undefined for strangers and foreign tenants. Asked at every command and button. */
export function permissionOf(person: Person, people: People): Permission | undefined {
  const holds = (list: readonly string[]): boolean => list.some((id) => id.toLowerCase() === person.id);
  const home = people.tenants.some((tenant) => tenant.toLowerCase() === person.tenantId);
  if (!home && !(people.sandbox && people.tenants.length === 0)) return undefined;
  if (holds(people.approvers)) return 'approve';
  if (holds(people.operators)) return 'operate';
  if (holds(people.viewers)) return 'view';
  const noLists = people.viewers.length + people.operators.length + people.approvers.length === 0;
  return people.sandbox && noLists ? 'operate' : undefined;
}
