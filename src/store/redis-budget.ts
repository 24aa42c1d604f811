import type { Redis } from 'ioredis';
import type { Clock, Logger, TargetBudget } from '../engine/ports.ts';
import { type Ceilings, budgetGate } from './budget-gate.ts';
import { defineBudgetScript, slotLength } from './budget-script.ts';
import { type MailboxDoor, mailboxDoor } from './mailbox-door.ts';

/** Microsoft's published ceilings of one app on one mailbox (learn.microsoft.com/graph/throttling-limits, Outlook service). */
export const OUTLOOK_CEILINGS = {
  places: 4,
  requests: 10_000,
  requestWindowMs: 600_000,
  bytes: 150_000_000,
  byteWindowMs: 300_000,
} as const;

export interface RedisBudgetSettings {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  /** A new random id. */
  readonly newId: () => string;
  /** False: everybody enters at once, for targets without ceilings. */
  readonly enabled?: boolean;
  readonly places?: number;
  readonly requests?: number;
  readonly requestWindowMs?: number;
  readonly bytes?: number;
  readonly byteWindowMs?: number;
  /** Windows are this much shorter; the sandbox' target shortens its own as much. */
  readonly timeScale?: number;
  /** How long `enter` waits before it throws TargetThrottled, in ms. */
  readonly patienceMs?: number;
  /** How long a place lasts that nobody leaves, in ms: longer than the longest request. */
  readonly placeMs?: number;
}

/** Part of the published ceilings that is used: what retries inside a connection or a second app take is not ours to see. */
const SHARE = 0.97;
const PATIENCE = 5000;
const PLACE = 150_000;

/**
 * The ceilings of target mailboxes, shared by all workers through Redis. One round trip an `enter`; a `leave` rides on
 * the next one or is not waited for. See budget-script.ts for why it stays below whatever window the server looks at.
 */
export function redisBudget(settings: RedisBudgetSettings): TargetBudget {
  if (settings.enabled === false)
    return { enter: async () => ({ leave: async () => undefined }), rest: async () => undefined };
  const { redis, clock, log, newId, patienceMs: patience = PATIENCE } = settings;
  defineBudgetScript(redis);
  const ceilings = ceilingsOf(settings);
  const newLeaseId = leaseIds(newId());
  const doors = new Map<string, MailboxDoor>();

  function doorOf(mailboxId: string): MailboxDoor {
    const known = doors.get(mailboxId);
    if (known !== undefined) return known;
    for (const [id, door] of doors) if (door.isIdle()) doors.delete(id);
    const gate = budgetGate(redis, mailboxId, ceilings);
    const door = mailboxDoor({ gate, places: ceilings.places, patience, clock, log, newLeaseId });
    doors.set(mailboxId, door);
    return door;
  }

  return {
    enter: (mailboxId, uploadBytes, signal) => doorOf(mailboxId).enter(Math.ceil(uploadBytes), signal),
    rest: (mailboxId, ms) => budgetGate(redis, mailboxId, ceilings).rest(ms),
  };
}

function ceilingsOf(settings: RedisBudgetSettings): Ceilings {
  const {
    places,
    requests,
    requestWindowMs,
    bytes,
    byteWindowMs,
    timeScale = 1,
  } = { ...OUTLOOK_CEILINGS, ...settings };
  return {
    places,
    placeMs: settings.placeMs ?? PLACE,
    requests: Math.max(1, Math.floor(requests * SHARE)),
    requestSlotMs: slotLength(requestWindowMs / timeScale),
    bytes: Math.floor(bytes * SHARE),
    byteSlotMs: slotLength(byteWindowMs / timeScale),
  };
}

function leaseIds(instance: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${instance}.${last.toString(36)}`;
  };
}
