/** Ceilings of the target. Windows in ms, bytes of uploads (POST, PATCH and PUT on the wire). */
export interface BudgetLimits {
  /** Requests at once, of one mailbox. */
  readonly places: number;
  readonly requests: number;
  readonly requestWindow: number;
  readonly bytes: number;
  readonly byteWindow: number;
  /** Of the application, over all mailboxes and the directory. */
  readonly tenantRequests: number;
  readonly tenantWindow: number;
  /** Requests about no mailbox: recipients, domains. */
  readonly directoryRequests: number;
  /** ms in which a budget that was cut down to nothing would be whole again. */
  readonly recovery: number;
}

/**
 * Graph throttling limits: the Outlook service per application and mailbox, the global limit per application, and of the
 * identity service the limit of the smallest tenants (3,500 units; a look-up with $select costs one).
 */
export const PUBLISHED_LIMITS: BudgetLimits = {
  places: 4,
  requests: 10_000,
  requestWindow: 600_000,
  bytes: 150_000_000,
  byteWindow: 300_000,
  tenantRequests: 130_000,
  tenantWindow: 10_000,
  directoryRequests: 3_500,
  recovery: 1_200_000,
};
