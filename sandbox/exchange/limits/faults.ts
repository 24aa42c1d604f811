import type { EntraCode } from '../entra/entra-error.ts';
import type { FaultAction, RetryAfter } from './fault-actions.ts';

/** One rule: which requests it hits, when, and what happens to them. All conditions given must hold. */
export interface FaultRule {
  /** Address or id. */
  readonly mailbox?: string;
  readonly method?: string;
  /** Regular expression on path and query after the host, case-insensitive. */
  readonly pathMatches?: string | RegExp;
  /** Hits only the n-th matching request (1 is the first) and those after it. */
  readonly nth?: number;
  /** How many requests it hits: 1 unless said otherwise. */
  readonly times?: number | 'always';
  /** Hits a matching request with this probability, drawn from the seed. */
  readonly probability?: number;
  readonly action: FaultAction;
  readonly retryAfter?: RetryAfter;
  /** Length of `slow-body`, ms. */
  readonly milliseconds?: number;
}

/** Conditions that hold until they are changed back. */
export interface Switches {
  /** ms after which a new item is found by $filter (eventual consistency). */
  filterDelay: number;
  /** From 2027 on: sensitive properties of sent or received messages are read-only without an extra permission. */
  from2027: boolean;
  /** Whether attachments may be added to messages that are not drafts under that rule; Microsoft has not said. */
  attachmentsOnSentMessages: 'allowed' | 'refused';
  /** What creation does with the transport headers (0x007D). */
  transportHeaders: 'kept' | 'dropped' | 'refused';
  /** Slots of the named-property table of every mailbox. */
  namedPropertyQuota: number;
  /** Permissions taken away from the application. */
  revokedRoles: readonly string[];
  /** Addresses or ids of mailboxes outside of the application's scope. */
  outOfScope: readonly string[];
  /** Answer of the token endpoint. */
  tokenError: EntraCode | undefined;
  /** Lifetime of new tokens, seconds. */
  tokenLifetime: number;
  /** Share of entries a delta round repeats, 0..1. */
  deltaReplays: number;
  /** ms every Graph answer takes. */
  latency: number;
  /** Addresses whose mailbox IMAP does not open: the grant is missing, or IMAP is switched off. */
  imapNotConnected: readonly string[];
  /** How many APPENDs from now on are answered with a throttle refusal. */
  imapThrottled: number;
  /** How many APPENDs from now on are stored without an answer: the connection is cut instead. */
  imapCutAfterAppend: number;
  /** Largest message IMAP takes, bytes (MaxReceiveSize). */
  imapMaxSize: number;
}

export const NO_SWITCHES: Readonly<Switches> = {
  filterDelay: 0,
  from2027: false,
  attachmentsOnSentMessages: 'allowed',
  transportHeaders: 'kept',
  namedPropertyQuota: 16_000,
  revokedRoles: [],
  outOfScope: [],
  tokenError: undefined,
  tokenLifetime: 3600,
  deltaReplays: 0,
  latency: 0,
  imapNotConnected: [],
  imapThrottled: 0,
  imapCutAfterAppend: 0,
  imapMaxSize: 36 * 1024 * 1024,
};

/** The rule a request ran into. */
export type Fault = Pick<FaultRule, 'action' | 'retryAfter' | 'milliseconds'> & {
  /** How often the rule had hit before. */
  readonly earlierHits: number;
};

export interface FaultRuleHandle {
  readonly hits: number;
  remove(): void;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  seen: number;
  hits: number;
}

/** Actions that only make sense for requests that change something. */
const WRITES_ONLY =
  /-store$|201-without-id|mailbox-full|507|folder-full|named-props-full|413|mime-invalid|item-corrupt|virus/;

/** The switchboard of everything that can go wrong; seeded, so that a run can be repeated. */
export class FaultSwitches {
  readonly switches: Switches = { ...NO_SWITCHES };
  #rules: ActiveRule[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(rule: FaultRule): FaultRuleHandle {
    const path = rule.pathMatches === undefined ? undefined : new RegExp(rule.pathMatches, 'i');
    const active: ActiveRule = { rule, path, seen: 0, hits: 0 };
    this.#rules.push(active);
    return {
      get hits() {
        return active.hits;
      },
      remove: () => {
        this.#rules = this.#rules.filter((other) => other !== active);
      },
    };
  }

  set(switches: Partial<Switches>): void {
    Object.assign(this.switches, switches);
  }

  /** Takes back every rule and every switch. */
  clear(): void {
    this.#rules = [];
    Object.assign(this.switches, NO_SWITCHES);
  }

  /** The first rule that hits this request; it is counted as used. */
  strike(request: {
    readonly method: string;
    readonly target: string;
    readonly names: readonly string[];
  }): Fault | undefined {
    for (const active of this.#rules) {
      const { rule, path } = active;
      if (rule.mailbox !== undefined && !request.names.includes(rule.mailbox.toLowerCase())) continue;
      if (rule.method !== undefined && rule.method.toUpperCase() !== request.method) continue;
      if (rule.method === undefined && request.method === 'GET' && WRITES_ONLY.test(rule.action)) continue;
      if (path && !path.test(request.target)) continue;
      active.seen += 1;
      if (active.seen < (rule.nth ?? 1)) continue;
      if (rule.times !== 'always' && active.hits >= (rule.times ?? 1)) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      active.hits += 1;
      const { action, retryAfter, milliseconds } = rule;
      return {
        action,
        earlierHits: active.hits - 1,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(milliseconds === undefined ? {} : { milliseconds }),
      };
    }
    return undefined;
  }
}
