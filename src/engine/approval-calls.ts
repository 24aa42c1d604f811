import { approvalFacts } from './domain/approval.ts';
import { type ApprovalCall, callOf, called } from './domain/approval-times.ts';
import type { EventBody } from './domain/events.ts';
import type { World } from './ports.ts';

const EVENT = {
  remind: 'ApprovalReminded',
  escalate: 'ApprovalEscalated',
  expire: 'ApprovalExpired',
} as const satisfies Record<ApprovalCall, EventBody['type']>;

/**
 * Notes what the clock asks of open questions: each call once, whoever looks first. `quiet`: reminders wait; what cannot wait
 * does not.
 */
export async function callApprovals(world: World, quiet: boolean): Promise<void> {
  const now = world.clock.now();
  for (const approval of await world.store.approvals()) {
    const call = callOf(approval, now);
    if (call === undefined || (quiet && call === 'remind')) continue;
    await world.store.changeApproval(approval.id, (current) =>
      callOf(current, now) === call
        ? { to: called(current, call, now), events: [{ type: EVENT[call], ...approvalFacts(current) }] }
        : undefined,
    );
  }
}
