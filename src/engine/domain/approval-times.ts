import type { Approval } from './approval.ts';

/** When an open question rings again, ms after it was asked. */
export interface ApprovalTimes {
  readonly remind: number;
  readonly escalate: number;
  readonly expire: number;
}

/** What the clock asks of an open question. */
export type ApprovalCall = 'remind' | 'escalate' | 'expire';

/** What is due now, the latest alone: nobody is reminded of what expired while Bellhop was off. */
export function callOf(approval: Approval, now: number): ApprovalCall | undefined {
  const { state, expiresAt, remindAt, escalateAt, remindedAt, escalatedAt } = approval;
  if (state !== 'open') return undefined;
  if (now >= expiresAt) return 'expire';
  if (escalatedAt !== undefined) return undefined;
  if (escalateAt !== undefined && now >= escalateAt) return 'escalate';
  return remindedAt === undefined && remindAt !== undefined && now >= remindAt ? 'remind' : undefined;
}

/** The question once that was done. */
export function called(approval: Approval, call: ApprovalCall, at: number): Approval {
  switch (call) {
    case 'remind':
      return { ...approval, remindedAt: at };
    case 'escalate':
      return { ...approval, escalatedAt: at };
    case 'expire':
      return { ...approval, state: 'expired' };
  }
}

/** Told again after half a day, everybody who can decide three hours before the end, over after a day. */
export const DEFAULT_APPROVAL_TIMES: ApprovalTimes = {
  remind: 12 * 3_600_000,
  escalate: 21 * 3_600_000,
  expire: 24 * 3_600_000,
};

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST = 30 * 86_400_000;

/** "12h,21h,24h": reminder, escalation, end. Undefined when it is not three rising times. */
export function readApprovalTimes(text: string): ApprovalTimes | undefined {
  const [remind, escalate, expire, ...more] = text.split(',').map((each) => readTime(each.trim()));
  if (remind === undefined || escalate === undefined || expire === undefined || more.length > 0) return undefined;
  return remind < escalate && escalate < expire && expire <= LONGEST ? { remind, escalate, expire } : undefined;
}

function readTime(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? [];
  const ms = UNIT_MS[unit];
  return ms === undefined ? undefined : Number(count) * ms;
}
