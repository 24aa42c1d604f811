import type { Approval } from '../engine/domain/approval.ts';

/** Somebody in a conversation. */
export interface Onlooker {
  /** Entra object id: what rules are about. */
  readonly id: string;
  /** What Teams calls them by (29:...). */
  readonly chatId: string;
  readonly name: string;
}

/** People of a conversation whose view of a card differs from everybody's. */
export interface Audience {
  readonly approvers: readonly Onlooker[];
  /** Who may look and nothing else. */
  readonly viewers: readonly Onlooker[];
}

export const NOBODY: Audience = { approvers: [], viewers: [] };

/** Who looks at a card: everybody in a conversation, or one person in it. */
export interface Eyes {
  readonly audience: Audience;
  readonly person?: { readonly id: string; readonly held: 'view' | 'operate' | 'approve' };
}

/** What an approval card is to somebody. */
export interface ApprovalEyes {
  /** Sees the buttons. The server checks role, person and plan again at the click. */
  readonly mayDecide: boolean;
  /** Whose answer counts, as far as they are known in this conversation. */
  readonly waitingFor: readonly Onlooker[];
}

/** Where no approver is known, everybody gets the buttons: nobody must be unable to answer. */
export function approvalEyes({ requestedBy, decisions }: Approval, { audience, person }: Eyes): ApprovalEyes {
  const counted = decisions.filter(({ withdrawn }) => withdrawn !== true);
  const spoken = new Set([requestedBy.id, ...counted.map((each) => each.by.id)]);
  const waitingFor = audience.approvers.filter(({ id }) => !spoken.has(id));
  const mayDecide =
    person === undefined ? waitingFor.length === 0 : person.held === 'approve' && !spoken.has(person.id);
  return { mayDecide, waitingFor };
}
