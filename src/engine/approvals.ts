import type { Actor } from './domain/actor.ts';
import {
  type Approval,
  type ApprovalDecision,
  type ApprovalPlan,
  approvalFacts,
  MOST_BROKEN,
  decide,
  hashOf,
  isGlassSpent,
  stateOf,
  withdraw,
} from './domain/approval.ts';
import { MigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';
import type { ApprovalView } from './views.ts';

/** Asks other people for a plan. The same question by the same person, still open, is not asked twice. */
export async function requestApproval(
  world: World,
  plan: ApprovalPlan,
  by: Actor,
  { unasked = false } = {},
): Promise<Approval> {
  const now = world.clock.now();
  const { approvals, approvalTimes, timeScale } = world.settings;
  const after = (ms: number): number => now + ms / timeScale;
  const planHash = hashOf(plan);
  const open = (await world.store.approvals()).find(
    (each) => each.planHash === planHash && each.requestedBy.id === by.id && stateOf(each, now) === 'open',
  );
  if (open !== undefined) return open;
  const approval: Approval = {
    id: world.newId().slice(0, 6).toUpperCase(),
    plan,
    planHash,
    requestedBy: by,
    requestedAt: now,
    remindAt: after(approvalTimes.remind),
    escalateAt: after(approvalTimes.escalate),
    expiresAt: after(approvalTimes.expire),
    needed: approvals,
    decisions: [],
    state: 'open',
    ...(unasked ? { unasked } : {}),
  };
  await world.store.addApproval(
    approval,
    [{ type: 'ApprovalRequested', ...approvalFacts(approval), text: plan.text, count: plan.count, of: plan.of }],
    by,
  );
  return approval;
}

/** What somebody answered, and whether it is for them to carry it out. */
interface Answered {
  readonly approval: Approval;
  readonly apply: boolean;
}

/**
 * A person's answer. `apply` is true for exactly one caller, however many click at once: that one carries the plan out.
 * Throws UnknownApproval, ApprovalOwn, ApprovalTwice, ApprovalOver.
 */
export async function decideApproval(
  world: World,
  id: string,
  { verdict, reason }: Pick<ApprovalDecision, 'verdict' | 'reason'>,
  by: Actor,
): Promise<Answered> {
  const said = reason === undefined ? { verdict } : { verdict, reason };
  let apply = false;
  const approval = await world.store.changeApproval(
    id,
    (current) => {
      const outcome = accepted(current, { ...said, by, at: world.clock.now() });
      ({ apply } = outcome);
      return { to: outcome.to, events: [{ type: 'ApprovalDecided', ...approvalFacts(current), ...said }] };
    },
    by,
  );
  return { approval, apply };
}

/** The outcome of a decision that counts. */
function accepted(
  current: Approval,
  decision: ApprovalDecision,
): Exclude<ReturnType<typeof decide>, { refused: string }> {
  const outcome = decide(current, decision);
  if ('refused' in outcome) throw refusal(current.id, outcome);
  return outcome;
}

/**
 * Takes back the word of those who agreed and may not any more: a role is worth something up to the last click, not only at
 * the own one. `mayStill` is asked for everybody who agreed.
 */
export async function withdrawRevoked(
  world: World,
  id: string,
  mayStill: (person: string) => Promise<boolean>,
): Promise<void> {
  const approval = await world.store.approval(id);
  if (approval === undefined || stateOf(approval, world.clock.now()) !== 'open') return;
  const revoked = new Map<string, string>();
  for (const { by } of approval.decisions) if (!(await mayStill(by.id))) revoked.set(by.id, by.name);
  if (revoked.size === 0) return;
  await world.store.changeApproval(id, (current) => {
    const to = withdraw(current, new Set(revoked.keys()));
    if (to === undefined) return undefined;
    const gone = to.decisions.filter((each, at) => each !== current.decisions[at]);
    const facts = approvalFacts(current);
    return {
      to,
      events: gone.map(
        ({ by }) => ({ type: 'ApprovalWithdrawn', ...facts, person: by.name, personId: by.id }) as const,
      ),
    };
  });
}

/**
 * One person decides alone, in an emergency, and everybody is told. Counting and using is one step: of a hundred at the same
 * instant as many get through as there is room for. Throws BreakGlassSpent, UnknownApproval, ApprovalOver.
 */
export async function breakGlass(world: World, id: string, reason: string, by: Actor): Promise<Answered> {
  let apply = false;
  const approval = await world.store.breakGlass(
    id,
    (current, all) => {
      const at = world.clock.now();
      const verdict = 'approved';
      const outcome = accepted(current, { verdict, reason, breakGlass: true, by, at });
      ({ apply } = outcome);
      const facts = approvalFacts(current);
      const said = { type: 'ApprovalDecided', ...facts, verdict, reason } as const;
      // Agreed to before, and its process died: it is carried out, and no glass is broken for it.
      if (stateOf(current, at) !== 'open') return { to: outcome.to, events: [said] };
      if (isGlassSpent(all, at, world.settings.timeScale))
        throw new MigrationError('BreakGlassSpent', { count: MOST_BROKEN });
      const broken = { type: 'GlassBroken', ...facts, text: current.plan.text, reason } as const;
      return { to: outcome.to, events: [said, broken] };
    },
    by,
  );
  return { approval, apply };
}

function refusal(id: string, outcome: Extract<ReturnType<typeof decide>, { refused: string }>): MigrationError {
  switch (outcome.refused) {
    case 'own':
      return new MigrationError('ApprovalOwn', { id });
    case 'twice':
      return new MigrationError('ApprovalTwice', { id });
    case 'over':
      return new MigrationError('ApprovalOver', { id, state: outcome.state });
  }
}

/** The plan was carried out. */
export async function approvalDone(world: World, id: string): Promise<Approval> {
  return world.store.changeApproval(id, ({ applyingAt: _applying, ...rest }) => ({
    to: { ...rest, state: 'done' },
    events: [{ type: 'ApprovalDone', ...approvalFacts(rest) }],
  }));
}

/**
 * The plan is not what was approved any more: nothing is done, and the new plan, where there is one, is asked about instead.
 * Answers the approval that is void.
 */
export async function approvalDrifted(
  world: World,
  approval: Approval,
  plan: ApprovalPlan | undefined,
): Promise<Approval> {
  const next = plan === undefined ? undefined : await requestApproval(world, plan, approval.requestedBy);
  const replacedBy = next === undefined ? {} : { replacedBy: next.id };
  return world.store.changeApproval(approval.id, ({ applyingAt: _applying, ...rest }) => ({
    to: { ...rest, state: 'void', ...replacedBy },
    events: [{ type: 'ApprovalVoided', ...approvalFacts(rest), ...replacedBy }],
  }));
}

/** Every question that is still open, oldest first. */
export async function openApprovals(world: World): Promise<readonly ApprovalView[]> {
  const now = world.clock.now();
  const all = (await world.store.approvals()).filter((each) => stateOf(each, now) === 'open');
  return all.sort((a, b) => a.requestedAt - b.requestedAt).map((each) => approvalView(each, now));
}

/** The approval of an id. Throws UnknownApproval. */
export async function requireApproval(world: World, id: string): Promise<Approval> {
  const approval = await world.store.approval(id);
  if (approval === undefined) throw new MigrationError('UnknownApproval', { id });
  return approval;
}

/** An approval as people and programs see it. */
export function approvalView(approval: Approval, now: number): ApprovalView {
  const { id, plan, planHash, requestedBy, requestedAt, expiresAt, needed, decisions, replacedBy } = approval;
  return {
    identity: id,
    state: stateOf(approval, now),
    ...{ plan, planHash, needed },
    requestedBy: requestedBy.name,
    requestedAt: new Date(requestedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    decisions: decisions.map(({ by, at, verdict, reason, breakGlass = false, withdrawn = false }) => ({
      by: by.name,
      at: new Date(at).toISOString(),
      verdict,
      reason: reason ?? null,
      ...{ breakGlass, withdrawn },
    })),
    replacedBy: replacedBy ?? null,
    asOf: new Date(now).toISOString(),
  };
}
