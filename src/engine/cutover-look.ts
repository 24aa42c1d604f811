import { requireBatch } from './batches.ts';
import { type Cutover, type Findings, checksNeeded } from './domain/cutover.ts';
import { type MxLook, type MxMemory, rememberMx } from './domain/mx-memory.ts';
import {
  completedCheck,
  domainCheck,
  finalSince,
  finalSyncCheck,
  mxWaitedCheck,
  passwordsCheck,
  sourceSilentCheck,
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

/** A server that is switched off is often silent; somebody waits for this look. In ms. */
const ANSWER_WITHIN = 6_000;

/** Everything one look is made of. */
interface Look {
  readonly cutover: Cutover;
  readonly users: readonly MigrationUser[];
  readonly target: TargetDomain | undefined;
  readonly picture: DnsPicture;
  readonly mx: MxMemory;
  readonly now: number;
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
): Promise<Findings & { readonly mx: MxMemory }> {
  const { domain } = cutover;
  const target = await world.target.domain(domain);
  const questions = questionsFor(domain, target);
  const picture = pictureOf(questions, await world.dns.survey(questions));
  const now = world.clock.now();
  const mx = rememberMx(cutover.mx, mxLook(picture, domain, target), now);
  const look: Look = { cutover, users, target, picture, mx, now };
  const checks: Check[] = [];
  for (const name of checksNeeded(cutover)) checks.push(await CHECKS[name](look, world, signal));
  return { users: users.length, checks, mx, answers: [] };
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

const CHECKS: Readonly<Record<CheckName, LookFor>> = {
  'domain-verified': ({ cutover, target }) => domainCheck(cutover.domain, target),
  'users-synced': ({ users }) => usersSyncedCheck(users),
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
  'mx-ttl': ({ picture, cutover }) => mxTtlCheck(picture, cutover.domain),
  'mx-ttl-waited': ({ mx, now }, { settings }) => ttlWaitedCheck(mx, settings.timeScale, now),
  'mx-switched': ({ picture, cutover, target }) => mxSwitchedCheck(picture, cutover.domain, wanted(cutover, target)),
  'mx-host': ({ picture, cutover, target }) => mxHostCheck(picture, wanted(cutover, target)),
  'mx-old-gone': ({ picture, cutover, target }) => mxOldGoneCheck(picture, cutover.domain, wanted(cutover, target)),
  'mx-waited': ({ mx, cutover, now }, { settings }) => mxWaitedCheck(mx, cutover.settle, settings.timeScale, now),
  spf: ({ picture, cutover, target }) => spfCheck(picture, cutover.domain, wanted(cutover, target)),
  dkim: ({ picture, cutover }) => dkimCheck(picture, cutover.domain),
  dmarc: ({ picture, cutover }) => dmarcCheck(picture, cutover.domain),
  autodiscover: ({ picture, cutover, target }) => autodiscoverCheck(picture, wanted(cutover, target)),
};

// A tenant that does not have the domain asks for nothing: every check against it fails.
function wanted({ domain }: Cutover, target: TargetDomain | undefined): TargetDomain {
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
