import { createHash } from 'node:crypto';
import type { Actor } from './domain/actor.ts';
import { type Failure, MigrationError, failure, toMigrationError } from './domain/failure.ts';
import type { BatchName, EndpointName } from './domain/ids.ts';
import { UPLOAD_LIFETIME, type UploadState, type UploadTicket, uploadState } from './domain/upload.ts';
import { requireEndpoint } from './endpoints.ts';
import { type Import, type ImportRequest, importUsers, refuseUnfit } from './import-users.ts';
import type { World } from './ports.ts';

/** A link, for the person who asked for it and nobody else. */
export interface UploadOffer {
  readonly batch: BatchName;
  readonly endpoint: EndpointName;
  readonly url: string;
  /** ISO 8601 UTC */
  readonly expiresAt: string;
}

/** Two ids of 128 bits. */
const TOKEN = /^[0-9a-f]{64}$/;
/** The longest an import takes; after it the link of a process that died is free again. */
const LEASE = 10 * 60_000;

/**
 * Makes a one-time link for a CSV. The batch may not exist yet; then `endpoint` says where its users are now. Throws
 * UploadsNotSetUp, UnknownEndpoint, UsageError, ActionNotPossible.
 */
export async function offerUpload(
  world: World,
  request: { readonly batch: BatchName; readonly endpoint: EndpointName | undefined },
  by: Actor,
): Promise<UploadOffer> {
  const { publicUrl } = world.settings;
  if (publicUrl === undefined) throw new MigrationError('UploadsNotSetUp');
  const { batch } = request;
  const existing = await world.store.batch(batch);
  const endpoint = existing?.endpoint ?? request.endpoint;
  if (endpoint === undefined) {
    const detail = `There is no batch "${batch}" yet: say where its users are with endpoint=<name>, and it is created.`;
    throw new MigrationError('UsageError', { detail, command: 'add users' });
  }
  await requireEndpoint(world, endpoint);
  if (existing !== undefined) refuseUnfit(existing, request.endpoint ?? endpoint);
  const token = world.newId() + world.newId();
  const expiresAt = world.clock.now() + UPLOAD_LIFETIME;
  await world.uploads.add(hashOf(token), { batch, endpoint, by, expiresAt, tries: 0 });
  await world.store.publish([{ type: 'UploadLinkMade', batch, link: linkOf(hashOf(token)) }], by);
  return { batch, endpoint, url: `${publicUrl}/upload/${token}`, expiresAt: new Date(expiresAt).toISOString() };
}

/** What a link is for and whether it still works. */
export async function lookAtUpload(
  world: World,
  token: string,
): Promise<{ readonly state: UploadState; readonly ticket?: UploadTicket }> {
  if (!TOKEN.test(token)) return { state: 'unknown' };
  // Looked up by its hash: how long that takes says nothing about how much of a guessed token is right.
  const ticket = await world.uploads.find(hashOf(token));
  return { state: uploadState(ticket, world.clock.now()), ...(ticket === undefined ? {} : { ticket }) };
}

/** Somebody has the page of a link before them; who that is nobody knows. Told once a link. */
export async function openedUpload(world: World, token: string, { batch }: UploadTicket): Promise<void> {
  const hash = hashOf(token);
  // A claim of its own: the ticket is left alone, a file may be on its way.
  if (await world.uploads.claim(`${hash}:opened`, '1', UPLOAD_LIFETIME))
    await world.store.publish([{ type: 'UploadLinkOpened', batch, link: linkOf(hash) }]);
}

export type Upload =
  | ({ readonly outcome: 'imported'; readonly open: boolean } & Import)
  | { readonly outcome: 'refused'; readonly error: Failure }
  | { readonly outcome: 'closed'; readonly state: UploadState }
  /** Another file of the same link is being imported. */
  | { readonly outcome: 'busy' };

/**
 * Takes the file of a link. A file without problems uses the link up; one with problems tells them all and leaves it
 * open, for the mended rows. Of two files at once one is taken.
 */
export async function receiveUpload(
  world: World,
  token: string,
  file: Pick<ImportRequest, 'csv' | 'say'>,
): Promise<Upload> {
  const hash = hashOf(token);
  const claim = world.newId();
  if (!(await world.uploads.claim(hash, claim, LEASE))) return { outcome: 'busy' };
  try {
    // Looked at with the claim in hand: nobody else uses it up from here on.
    const { state, ticket } = await lookAtUpload(world, token);
    if (state !== 'open' || ticket === undefined) return { outcome: 'closed', state };
    const tried: UploadTicket = { ...ticket, tries: ticket.tries + 1 };
    await world.uploads.save(hash, tried);
    const { batch, endpoint, by } = ticket;
    const done = await importUsers(world, { batch, endpoint, ...file }, by);
    const open = done.result.problems.length > 0;
    if (!open) {
      await world.uploads.save(hash, { ...tried, usedAt: world.clock.now() });
      await world.store.publish([{ type: 'UploadLinkUsed', batch, link: linkOf(hash) }], by);
    }
    return { outcome: 'imported', open, ...done };
  } catch (error) {
    const { code, details } = toMigrationError(error);
    return { outcome: 'refused', error: failure(code, details) };
  } finally {
    await world.uploads.release(hash, claim);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

// Enough to tell links apart, and of no use to whoever reads it.
function linkOf(hash: string): string {
  return hash.slice(0, 12);
}
