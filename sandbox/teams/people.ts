/** Somebody who can write in the local Teams. */
export interface Person {
  readonly id: string;
  readonly aadObjectId: string;
  readonly name: string;
  readonly role: string;
}

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const BOT = { id: '28:33333333-3333-4333-8333-333333333333', name: 'Bellhop' } as const;

const person = (number: number, name: string, role: string): Person => ({
  id: `29:1sandbox-${number}`,
  aadObjectId: `aaaaaaaa-0000-4000-8000-00000000000${number}`,
  name,
  role,
});

/** The team of the sandbox. */
export const PEOPLE: readonly Person[] = [
  person(1, 'Operator A', 'Operator'),
  person(2, 'Operator B', 'Operator'),
  person(3, 'Approver A', 'Approver'),
  person(4, 'Viewer A', 'Viewer'),
];
