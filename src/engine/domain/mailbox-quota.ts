import type { RecipientKind } from './migration-user.ts';

/** What the licence of a recipient lets its mailbox hold. */
export interface MailboxQuota {
  readonly plan: ExchangePlan | 'none';
  /** Bytes of the primary mailbox; 0 for a person without a plan, whose mailbox is taken away. */
  readonly bytes: number;
}

export type ExchangePlan = 'plan-1' | 'plan-2' | 'kiosk' | 'essentials';

const GB = 1024 ** 3;

/**
 * Service plans that come with a mailbox (Product names and service plan identifiers for licensing,
 * https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference) and how much it holds (Exchange Online limits,
 * https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits).
 */
const PLANS: ReadonlyMap<string, MailboxQuota & { readonly plan: ExchangePlan }> = new Map([
  ['efb87545-963c-4e0d-99df-69c6916d9eb0', { plan: 'plan-2', bytes: 100 * GB }],
  ['9aaf7827-d63c-4b61-89c3-182f06f82e5c', { plan: 'plan-1', bytes: 50 * GB }],
  ['1126bef5-da20-4f07-b45e-ad25d2581aa8', { plan: 'essentials', bytes: 50 * GB }],
  ['4a82b400-a79f-41a4-b4e2-e94f5787b113', { plan: 'kiosk', bytes: 2 * GB }],
]);
/** Shared mailboxes, rooms and equipment need no licence up to this size. */
const WITHOUT_LICENCE = 50 * GB;

/** The quota by the enabled service plans of a recipient (lower-case GUIDs); undefined when another plan decides that is not known here. */
export function mailboxQuota(
  kind: RecipientKind,
  plans: readonly { readonly id: string; readonly ofExchange: boolean }[],
): MailboxQuota | undefined {
  const known = plans.flatMap(({ id }) => PLANS.get(id) ?? []).sort((a, b) => b.bytes - a.bytes);
  const [largest] = known;
  const isPerson = kind === 'user' || kind === 'linked' || kind === 'others';
  if (largest !== undefined)
    return isPerson ? largest : { ...largest, bytes: Math.max(largest.bytes, WITHOUT_LICENCE) };
  // Government clouds and special offers have plans of their own.
  if (plans.some(({ ofExchange }) => ofExchange)) return undefined;
  return { plan: 'none', bytes: isPerson ? 0 : WITHOUT_LICENCE };
}
