/**
 * Published ceilings of Exchange Online (Graph throttling limits, Outlook service): of one app for one mailbox, and of one
 * app for the whole tenant. Windows in ms; bytes are those of uploads.
 */
export const MAILBOX_CEILING = {
  requests: { most: 10_000, window: 600_000 },
  bytes: { most: 150_000_000, window: 300_000 },
} as const;
export const TENANT_CEILING = { requests: { most: 130_000, window: 10_000 } } as const;

export type MailboxCeiling = keyof typeof MAILBOX_CEILING;

/** How much of a ceiling is used, 0 to 1, and which one it is. */
export interface CeilingUse<Of extends string = MailboxCeiling> {
  readonly share: number;
  readonly of: Of;
}

/** Windows are counted in so many slices. */
const SLICES = 60;

/** What one mailbox uses of its ceilings: all that was sent within their windows. `timeScale` shortens them in a sandbox. */
export class CeilingMeter {
  readonly #timeScale: number;
  readonly #before: (CeilingUse & { readonly at: number }) | undefined;
  readonly #sent: { at: number; requests: number; bytes: number }[] = [];

  /** `before` is what an earlier sync of the mailbox used last, at a time. */
  constructor(timeScale: number, before?: CeilingUse & { readonly at: number }) {
    this.#timeScale = timeScale;
    this.#before = before;
  }

  add(now: number, uploadBytes: number, requests = 1): void {
    const slice = MAILBOX_CEILING.bytes.window / this.#timeScale / SLICES;
    const last = this.#sent.at(-1);
    if (last !== undefined && now - last.at < slice) {
      last.requests += requests;
      last.bytes += uploadBytes;
      return;
    }
    this.#sent.push({ at: now, requests, bytes: uploadBytes });
    const oldest = now - MAILBOX_CEILING.requests.window / this.#timeScale;
    while ((this.#sent[0]?.at ?? now) < oldest) this.#sent.shift();
  }

  /** The ceiling that is nearest. */
  use(now: number): CeilingUse {
    const [requests, bytes] = [this.#share(now, 'requests'), this.#share(now, 'bytes')];
    return requests > bytes ? { share: requests, of: 'requests' } : { share: bytes, of: 'bytes' };
  }

  #share(now: number, of: MailboxCeiling): number {
    const window = MAILBOX_CEILING[of].window / this.#timeScale;
    const used = this.#sent.reduce((sum, each) => (now - each.at < window ? sum + each[of] : sum), 0);
    // What was sent before leaves the window bit by bit.
    const before = this.#before?.of === of ? this.#before : undefined;
    const left = before === undefined ? 0 : before.share * Math.max(0, 1 - (now - before.at) / window);
    return Math.min(1, used / MAILBOX_CEILING[of].most + left);
  }
}

/** What all mailboxes together use of the tenant's ceiling. */
export function tenantUse(requestsPerSecond: number, timeScale: number): CeilingUse<'tenantRequests'> {
  const { most, window } = TENANT_CEILING.requests;
  return { share: requestsPerSecond / ((most / window) * 1000 * timeScale), of: 'tenantRequests' };
}

/** What mailboxes at work use of theirs, taken together: the mean share, and the ceiling most of them are nearest to. */
export function meanUse(uses: readonly CeilingUse[]): CeilingUse | undefined {
  if (uses.length === 0) return undefined;
  const share = uses.reduce((sum, use) => sum + use.share, 0) / uses.length;
  const byBytes = uses.filter((use) => use.of === 'bytes').length;
  return { share, of: byBytes * 2 >= uses.length ? 'bytes' : 'requests' };
}
