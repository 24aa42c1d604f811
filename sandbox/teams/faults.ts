/** What can go wrong on purpose when the bot calls Teams. */
export type FaultKind =
  /** 429; the request did nothing. */
  | 'throttle'
  /** 502; the request did nothing. */
  | 'gateway'
  /** 502, although the message was stored: a blind retry posts it twice. */
  | 'gateway-after-store'
  /** 412; the request did nothing, Microsoft says retry. */
  | 'precondition'
  /** 404 ActivityNotFoundInConversation on an edit, as about one edit in a thousand gets. */
  | 'lost-activity'
  /** 403 MessageWritesBlocked: somebody blocked or removed the bot. */
  | 'blocked';

export type FaultyCall = 'send' | 'edit' | 'delete' | 'create' | 'read';

export interface Fault {
  readonly kind: FaultKind;
  /** Which calls it hits; default: send and edit. */
  readonly on?: readonly FaultyCall[];
  /** Only in this conversation (base id). */
  readonly conversationId?: string;
  /** How often; default once. */
  readonly times?: number;
  /** Seconds in the Retry-After header of `throttle`; without it there is no header, as Teams often does. */
  readonly retryAfter?: number;
}

/** Faults waiting to happen. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = [];

  /** Arms a fault; it hits the next calls that fit. */
  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that hits this call, if any; it is used up once. */
  take(call: FaultyCall, conversationId: string): Fault | undefined {
    const hit = this.#waiting.find(
      ({ fault }) =>
        (fault.on ?? ['send', 'edit']).includes(call) &&
        (fault.conversationId === undefined || fault.conversationId === conversationId),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== hit);
    return hit.fault;
  }
}
