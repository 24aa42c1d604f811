import { requireBatch } from './batches.ts';
import { type Cutover, type Findings, checksNeeded, domainsOf } from './domain/cutover.ts';
import { type MxLook, type MxMemory, joinMx, rememberMx } from './domain/mx-memory.ts';
import {
  completedCheck,
  domainCheck,
  finalSince,
  finalSyncCheck,
  mxWaitedCheck,
  passwordsCheck,
  sourceSilentCheck,
  stagedCheck,
  ttlWaitedCheck,
  unreachableCheck,
  usersConvergedCheck,
  usersSyncedCheck,
  verifiedCheck,
} from './domain/cutover-evidence.ts';
import {
  type DnsPicture,
  LONGEST_MX_TTL,
  type TargetDomain,
  autodiscoverCheck,
  dkimCheck,
  dmarcCheck,
  highestMxTtl,
  mxHostCheck,
  mxOldGoneCheck,
  mxSwitchedCheck,
  mxTtlCheck,
  pictureOf,
  questionsFor,
  spfCheck,
} from './domain/dns-evidence.ts';
import type { Check, CheckName } from './domain/evidence.ts';
import { MigrationError } from './domain/failure.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { requireEndpoint } from './endpoints.ts';
import type { World } from './ports.ts';
import { countStaged } from './staged-users.ts';

/** A server that is switched off is often silent; somebody waits for this look. In ms. */
const ANSWER_WITHIN = 6_000;

/** Everything one look is made of. */
interface Look {
  readonly cutover: Cutover;
  readonly users: readonly MigrationUser[];
  readonly mx: MxMemory;
  readonly now: number;
}

/** What the DNS and the tenant say of one domain. */
interface DomainLook {
  readonly domain: string;
  readonly target: TargetDomain | undefined;
  readonly picture: DnsPicture;
}

/**
 * Looks at what the step of a cutover needs: asks the DNS, the tenant and the state, changes nothing. Throws what
 * prevents a look (the tenant is not reachable, say): nothing is concluded from that.
 */
export async function lookAtCutover(
  world: World,
  cutover: Cutover,
  users: readonly MigrationUser[],
  signal: AbortSignal,
): Promise<Findings> {
  const names = domainsOf(cutover);
  const domains = await lookAtDomains(world, names);
  const now = world.clock.now();
  const memories = domains.map(({ domain, target, picture }) => {
    const known = names.length === 1 ? cutover.mx : cutover.mxOf?.[domain];
    return rememberMx(known, mxLook(picture, domain, target), now);
  });
  const mx = joinMx(memories);
  const look: Look = { cutover, users, mx, now };
  const checks: Check[] = [];
  for (const name of checksNeeded(cutover)) {
    if (isOfDomain(name)) checks.push(...domains.map((each) => ofDomain(DOMAIN_CHECKS[name](each), each, names)));
    else checks.push(await CHECKS[name](look, world, signal));
  }
  const mxOf = Object.fromEntries(domains.map(({ domain }, at) => [domain, memories[at] ?? mx]));
  return { users: users.length, checks, mx, ...(names.length === 1 ? {} : { mxOf }), answers: [] };
}

// All at once: somebody waits for the answer.
async function lookAtDomains(world: World, names: readonly string[]): Promise<readonly DomainLook[]> {
  return Promise.all(
    names.map(async (domain) => {
      const target = await world.target.domain(domain);
      const questions = questionsFor(domain, target);
      return { domain, target, picture: pictureOf(questions, await world.dns.survey(questions)) };
    }),
  );
}

// Of one domain nobody has to be told which.
function ofDomain(check: Check, { domain }: DomainLook, names: readonly string[]): Check {
  return names.length === 1 ? check : { ...check, found: { domain, ...check.found } };
}

function mxLook(picture: DnsPicture, domain: string, target: TargetDomain | undefined): MxLook {
  const ttl = highestMxTtl(picture, domain);
  const lowered = mxTtlCheck(picture, domain).passed
    ? true
    : ttl === undefined || ttl <= LONGEST_MX_TTL
      ? undefined
      : false;
  if (target === undefined || target.mx.length === 0) return { ttl, lowered, switched: undefined };
  const { passed, found } = mxSwitchedCheck(picture, domain, target);
  const elsewhere = found['elsewhere'];
  // Who is silent says nothing; who names another host says that mail goes there.
  const otherwise = Array.isArray(elsewhere) && elsewhere.length > 0;
  return { ttl, lowered, switched: passed ? true : otherwise ? false : undefined };
}

type LookFor = (look: Look, world: World, signal: AbortSignal) => Check | Promise<Check>;
type DomainCheckName = keyof typeof DOMAIN_CHECKS;

const DOMAIN_CHECKS = {
  'domain-verified': ({ domain, target }) => domainCheck(domain, target),
  'mx-ttl': ({ picture, domain }) => mxTtlCheck(picture, domain),
  'mx-switched': (look) => mxSwitchedCheck(look.picture, look.domain, wanted(look)),
  'mx-host': (look) => mxHostCheck(look.picture, wanted(look)),
  'mx-old-gone': (look) => mxOldGoneCheck(look.picture, look.domain, wanted(look)),
  spf: (look) => spfCheck(look.picture, look.domain, wanted(look)),
  dkim: ({ picture, domain }) => dkimCheck(picture, domain),
  dmarc: ({ picture, domain }) => dmarcCheck(picture, domain),
  autodiscover: (look) => autodiscoverCheck(look.picture, wanted(look)),
} as const satisfies Partial<Record<CheckName, (look: DomainLook) => Check>>;

function isOfDomain(name: CheckName): name is DomainCheckName {
  return Object.hasOwn(DOMAIN_CHECKS, name);
}

const CHECKS: Readonly<Record<Exclude<CheckName, DomainCheckName>, LookFor>> = {
  'users-synced': ({ users }) => usersSyncedCheck(users),
  'staged-users': async ({ cutover }, world) => {
    const { host } = await requireEndpoint(world, (await requireBatch(world, cutover.batch)).endpoint);
    return stagedCheck(await countStaged(world, cutover.batch, domainsOf(cutover)), host);
  },
  'users-converged': ({ users, cutover }) => usersConvergedCheck(users, cutover.since),
  'final-sync-empty': ({ users, cutover, mx }, { settings }) =>
    finalSyncCheck(users, finalSince({ ...cutover, mx }, settings.timeScale)),
  'verified-equal': async ({ users, cutover }, world) => {
    const counted = users.filter(({ lastSuccessfulSyncAt }) => lastSuccessfulSyncAt !== undefined);
    const found = await Promise.all(counted.map(({ address }) => world.store.verification(address)));
    return verifiedCheck(counted, found, cutover.verify?.request);
  },
  'batch-completed': ({ users }) => completedCheck(users),
  'passwords-forgotten': async ({ users }, world) => {
    const kept = await Promise.all(users.map((user) => isPasswordKept(world, user)));
    return passwordsCheck(users.length, kept.filter(Boolean).length);
  },
  'source-silent': ({ cutover }) => sourceSilentCheck(cutover),
  'source-unreachable': async ({ cutover }, world, signal) => {
    const endpoint = await requireEndpoint(world, (await requireBatch(world, cutover.batch)).endpoint);
    const { reachable } = await world.source.test(
      endpoint,
      AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)]),
    );
    // A worker that leaves has not found out that nobody answers.
    signal.throwIfAborted();
    return unreachableCheck(`${endpoint.host}:${endpoint.port}`, reachable);
  },
  'mx-ttl-waited': ({ mx, now }, { settings }) => ttlWaitedCheck(mx, settings.timeScale, now),
  'mx-waited': ({ mx, cutover, now }, { settings }) => mxWaitedCheck(mx, cutover.settle, settings.timeScale, now),
};

// A tenant that does not have the domain asks for nothing: every check against it fails.
function wanted({ domain, target }: DomainLook): TargetDomain {
  return target ?? { name: domain, isVerified: false, takesMail: false, mx: [] };
}

async function isPasswordKept(world: World, { address }: MigrationUser): Promise<boolean> {
  try {
    return (await world.vault.get(address)) !== undefined;
  } catch (error) {
    // Sealed with another key it is there all the same.
    if (error instanceof MigrationError && error.code === 'CredentialUnreadable') return true;
    throw error;
  }
}
