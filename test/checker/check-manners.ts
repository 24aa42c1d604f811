import type { Finding } from './findings.ts';

/** What the local Exchange counted of its caller, for one mailbox. */
export interface Manners {
  readonly maxConcurrency: number;
  readonly insideRetryAfter: number;
  readonly requestsByMethod: Readonly<Record<string, number>>;
}

const MOST_AT_ONCE = 4;
const WRITES = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** I12: at most four requests at once in a mailbox, none while the server wants rest. */
export function checkManners(mailbox: string, manners: Manners): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (where: string, detail: string): void => {
    findings.push({ code: 'bad-manners', user: mailbox, where, detail });
  };
  if (manners.maxConcurrency > MOST_AT_ONCE) add('at once', `${manners.maxConcurrency} requests`);
  if (manners.insideRetryAfter > 0) add('Retry-After', `${manners.insideRetryAfter} requests too early`);
  return findings;
}

/** I7: a run that found nothing new wrote nothing. */
export function checkNoWrites(mailbox: string, before: Manners, after: Manners): readonly Finding[] {
  const written = WRITES.map((method) => ({
    method,
    count: (after.requestsByMethod[method] ?? 0) - (before.requestsByMethod[method] ?? 0),
  })).filter(({ count }) => count > 0);
  return written.map(({ method, count }) => ({
    code: 'needless-write',
    user: mailbox,
    where: method,
    detail: `${count} requests although nothing changed`,
  }));
}
