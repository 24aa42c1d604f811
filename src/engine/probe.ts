import type { Actor } from './domain/actor.ts';
import { authorities, recordsOf } from './domain/dns-records.ts';
import { MigrationError, toMigrationError } from './domain/failure.ts';
import type { UserAddress } from './domain/ids.ts';
import { messageIdOf } from './domain/message-key.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type Probe, isPlainAddress, probeId, probeMessage } from './domain/probe.ts';
import { requireBatch } from './batches.ts';
import { requireEndpoint } from './endpoints.ts';
import type { Jobs, World } from './ports.ts';
import { requireUser } from './users-of.ts';
import type { ProbeView } from './views.ts';

/** So long a probe is looked for, and so often. */
const LOOK_FOR = 5 * 60_000;
const LOOK_EVERY = 5_000;
/** However fast the clock of a sandbox runs, its mail servers need some real time. */
const SHORTEST = 6_000;
const FASTEST = 500;
/** A probe is among the newest messages of its folder. */
const NEWEST = 50;

/**
 * Has a worker send a real mail to a user, by the MX as it is now, and look where it comes out. One at a time for a user: asked
 * again meanwhile, it is the same one. Throws UnknownUser, ProbesNotSetUp.
 */
export async function probeMail(world: World, address: UserAddress, by: Actor): Promise<{ readonly request: string }> {
  const { batch } = await requireUser(world, address);
  if (world.probes.from === undefined) throw new MigrationError('ProbesNotSetUp');
  const running = await world.store.probe(address);
  if (running !== undefined && !running.finished && world.clock.now() - running.sentAt < 2 * patience(world))
    return { request: running.request };
  const request = world.newId();
  const waiting = {
    ...newProbe({ address, batch }, request, world.clock.now()),
    outcome: 'waiting',
    reply: '',
  } as const;
  await world.store.saveProbe({ ...waiting, finished: false }, []);
  await world.store.publish([{ type: 'ProbeRequested', batch, user: address }], by);
  await world.jobs.add('probe-mail', { user: address, request });
  return { request };
}

/** The job behind {@link probeMail}: sends once, then looks until it is found everywhere it can be, or time is up. */
export async function runProbeMail(
  world: World,
  { user: address, request }: Jobs['probe-mail'],
  signal: AbortSignal,
): Promise<void | { readonly again: number }> {
  const user = await world.store.user(address);
  const { from } = world.probes;
  if (user === undefined || from === undefined) return;
  const known = await world.store.probe(address);
  if (known?.request !== request || known.finished) return;
  // Sent again after a crash it has the same Message-ID.
  const sent = known.outcome !== 'waiting' ? known : await send(world, user, { from, request }, signal);
  const looked = sent.finished ? sent : await lookFor(world, user, sent, from, signal);
  await world.store.saveProbe(
    looked,
    looked.finished ? [{ type: 'Probed', batch: user.batch, user: address, request }] : [],
  );
  return looked.finished ? undefined : { again: Math.max(FASTEST, LOOK_EVERY / world.settings.timeScale) };
}

async function send(
  world: World,
  user: MigrationUser,
  { from, request }: { readonly from: string; readonly request: string },
  signal: AbortSignal,
): Promise<Probe> {
  const sentAt = world.clock.now();
  const { address } = user;
  const probe = newProbe(user, request, sentAt);
  const mx = await exchangerOf(world, address.slice(address.lastIndexOf('@') + 1));
  if (mx === undefined) return { ...probe, outcome: 'no-mx', reply: '', finished: true };
  const { host } = mx;
  if (mx.address === undefined || !isPlainAddress(address))
    return { ...probe, host, outcome: 'unreachable', reply: 'no usable address', finished: true };
  const raw = probeMessage({ from, to: address, request, at: sentAt });
  const answer = await world.probes.deliver({ host, address: mx.address, from, to: address, raw }, signal);
  return { ...probe, host, ...answer, finished: answer.outcome !== 'taken' };
}

function newProbe({ address, batch }: Pick<MigrationUser, 'address' | 'batch'>, request: string, sentAt: number) {
  return { user: address, batch, request, sentAt, arrivals: [], blind: [], encrypted: false };
}

// As every sender does: the MX with the lowest preference, by the servers of the zone (RFC 5321 section 5.1).
async function exchangerOf(
  world: World,
  domain: string,
): Promise<{ readonly host: string; readonly address: string | undefined } | undefined> {
  const [survey] = await world.dns.survey([{ name: domain, type: 'MX' }]);
  const records = survey === undefined ? [] : authorities(survey).flatMap((answer) => recordsOf(answer, 'MX'));
  const [best] = records.toSorted((a, b) => (a.preference ?? 0) - (b.preference ?? 0));
  // A null MX takes no mail (RFC 7505).
  if (best === undefined || best.value === '') return undefined;
  const surveys = await world.dns.survey([
    { name: best.value, type: 'A' },
    { name: best.value, type: 'AAAA' },
  ]);
  const addresses = surveys.flatMap(({ answers, type }) => answers.flatMap((answer) => recordsOf(answer, type)));
  return { host: best.value, address: addresses[0]?.value };
}

async function lookFor(
  world: World,
  user: MigrationUser,
  probe: Probe,
  from: string,
  signal: AbortSignal,
): Promise<Probe> {
  const id = probeId(probe.request, from);
  const now = world.clock.now();
  const arrivals = [...probe.arrivals];
  const blind: Probe['blind'][number][] = [];
  for (const where of ['source', 'target'] as const) {
    if (arrivals.some((each) => each.where === where)) continue;
    try {
      const found = where === 'source' ? await isAtSource(world, user, id, signal) : await isAtTarget(world, user, id);
      if (found) arrivals.push({ where, after: now - probe.sentAt });
    } catch (error) {
      signal.throwIfAborted();
      blind.push({ where, reason: toMigrationError(error).code });
    }
  }
  const isOver = now - probe.sentAt >= patience(world);
  return { ...probe, arrivals, blind, finished: isOver || arrivals.length === 2 };
}

async function isAtSource(world: World, user: MigrationUser, id: string, signal: AbortSignal): Promise<boolean> {
  const password = await world.vault.get(user.address);
  const endpoint = await requireEndpoint(world, (await requireBatch(world, user.batch)).endpoint);
  if (password === undefined) throw new MigrationError('CredentialMissing', { address: user.address });
  await using source = await world.source.connect(endpoint, { userName: user.userName, password }, signal);
  const folders = await source.listFolders();
  for (const folder of folders.filter(({ specialUse }) => specialUse === 'inbox' || specialUse === 'junk')) {
    const selected = await source.select(folder);
    const newest = (await selected.uids()).slice(-NEWEST);
    if (newest.length === 0) continue;
    for (const headers of (await selected.keyHeaders(newest)).values()) if (messageIdOf(headers) === id) return true;
  }
  return false;
}

async function isAtTarget(world: World, user: MigrationUser, id: string): Promise<boolean> {
  const recipient =
    user.target === undefined ? await world.target.find(user.address) : { id: user.target.id, address: user.address };
  if (recipient === undefined)
    throw new MigrationError('MigrationRecipientNotFoundException', { address: user.address });
  await using mailbox = await world.target.open(recipient);
  return mailbox.hasMessage(id);
}

/** What became of a probe so far. Throws UnknownUser. */
export async function probeView(world: World, address: UserAddress, request: string): Promise<ProbeView> {
  const user = await requireUser(world, address);
  const known = await world.store.probe(address);
  const probe = known?.request === request ? known : undefined;
  const { host } = await requireEndpoint(world, (await requireBatch(world, user.batch)).endpoint);
  return {
    ...{ identity: address, batchId: user.batch, users: 1, done: probe?.finished === true ? 1 : 0 },
    ...{
      source: host,
      host: probe?.host ?? null,
      outcome: probe === undefined || probe.outcome === 'waiting' ? null : probe.outcome,
      reply: probe?.reply ?? '',
    },
    ...{ encrypted: probe?.encrypted ?? false, arrivals: probe?.arrivals ?? [], blind: probe?.blind ?? [] },
    asOf: new Date(world.clock.now()).toISOString(),
  };
}

function patience({ settings }: World): number {
  return Math.max(SHORTEST, LOOK_FOR / settings.timeScale);
}
