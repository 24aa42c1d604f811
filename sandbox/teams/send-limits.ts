/** What Teams counts separately for each bot in each conversation. */
export type LimitedCall = 'send' | 'create' | 'read';

interface Window {
  readonly seconds: number;
  readonly calls: number;
}

/**
 * Calls one bot may make in one conversation, by window.
 * Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit (per bot per thread).
 */
const LIMITS: Readonly<Record<LimitedCall, readonly Window[]>> = {
  send: windows(7, 8, 60, 1800),
  create: windows(7, 8, 60, 1800),
  read: windows(14, 16, 120, 3600),
};

/** All conversations together: 50 requests a second for one app in one tenant (same page). */
const GLOBAL_LIMIT: Window = { seconds: 1, calls: 50 };

/** Sliding windows over the calls of the one bot this local Teams knows. */
export class SendLimits {
  readonly #calls = new Map<string, number[]>();

  /** Counts a call and says whether Teams would have taken it. A refused call is not counted. `now` in ms. */
  take(call: LimitedCall, conversationId: string, now: number): boolean {
    const own = this.#recent(`${call} ${conversationId}`, 3600, now);
    const all = this.#recent('', GLOBAL_LIMIT.seconds, now);
    const full = [
      ...LIMITS[call].map((window) => countSince(own, now - window.seconds * 1000) >= window.calls),
      all.length >= GLOBAL_LIMIT.calls,
    ];
    if (full.includes(true)) return false;
    own.push(now);
    all.push(now);
    return true;
  }

  #recent(key: string, seconds: number, now: number): number[] {
    const kept = (this.#calls.get(key) ?? []).filter((at) => at > now - seconds * 1000);
    this.#calls.set(key, kept);
    return kept;
  }
}

function countSince(times: readonly number[], since: number): number {
  return times.filter((at) => at > since).length;
}

function windows(in1s: number, in2s: number, in30s: number, inHour: number): readonly Window[] {
  return [
    { seconds: 1, calls: in1s },
    { seconds: 2, calls: in2s },
    { seconds: 30, calls: in30s },
    { seconds: 3600, calls: inHour },
  ];
}
