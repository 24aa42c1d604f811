import { createHash } from 'node:crypto';

/** What is looked at before a step of a cutover counts as done. */
export type CheckName =
  | 'domain-verified'
  | 'users-synced'
  | 'staged-users'
  | 'users-converged'
  | 'final-sync-empty'
  | 'verified-equal'
  | 'batch-completed'
  | 'passwords-forgotten'
  | 'source-silent'
  | 'source-unreachable'
  | 'mx-ttl'
  | 'mx-ttl-waited'
  | 'mx-switched'
  | 'mx-host'
  | 'mx-old-gone'
  | 'mx-waited'
  | 'spf'
  | 'dkim'
  | 'dmarc'
  | 'autodiscover';

/** What a step lacks where this did not pass, for people. */
export const LACKING: Readonly<Record<CheckName, string>> = {
  'domain-verified': 'the domain verified in the tenant',
  'users-synced': 'every user synced',
  'staged-users': 'nobody left in another batch',
  'users-converged': 'every user synced once more',
  'final-sync-empty': 'a last sync that found nothing',
  'verified-equal': 'a comparison without differences',
  'batch-completed': 'every user completed',
  'passwords-forgotten': 'no password kept',
  'source-silent': 'a look for late mail',
  'source-unreachable': 'an old server that does not answer any more',
  'mx-ttl': 'a short TTL of the MX',
  'mx-ttl-waited': 'the end of the old TTL',
  'mx-switched': 'an MX that leads to the target',
  'mx-host': 'an address of the host the MX has to lead to',
  'mx-old-gone': 'the old MX gone',
  'mx-waited': 'the end of the TTL and of the time to settle',
  spf: 'SPF',
  dkim: 'DKIM',
  dmarc: 'DMARC',
  autodiscover: 'Autodiscover',
};

/** One thing that was looked at. */
export interface Check {
  readonly name: CheckName;
  readonly passed: boolean;
  /** False for what people should know and what stops nothing. */
  readonly required: boolean;
  /**
   * What was found, in figures and names that stay the same as long as nothing happens: this is what people agree to.
   * No times of looking, no TTLs that count down.
   */
  readonly found: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Whether everything that is required was found. Without any evidence nothing is. */
export function allPassed(checks: readonly Check[]): boolean {
  return checks.length > 0 && checks.every(({ passed, required }) => passed || !required);
}

/** SHA-256 of what was found: when it is another one, people have agreed to something else. */
export function evidenceHash(checks: readonly Check[]): string {
  const sorted = checks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const text = sorted.map(({ name, passed, required, found }) => [
    name,
    passed,
    required,
    Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(JSON.stringify(text)).digest('hex');
}
