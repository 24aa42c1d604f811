import { requireBatch } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { stateOf } from './domain/approval.ts';
import { type AuditEntry, type AuditHead, EMPTY_CHAIN, withhold } from './domain/audit-entry.ts';
import { exportCsv } from './domain/batch-export.ts';
import { canonicalJson, sha256Of } from './domain/canonical-json.ts';
import {
  type CloseOut,
  type CloseOutReport,
  type CloseOutUser,
  MOST_ENTRIES,
  type OpenItem,
  closeOutApproval,
  closeOutSkipped,
  openItemsOf,
} from './domain/close-out.ts';
import { jsonPieces } from './domain/json-pieces.ts';
import type { BatchName } from './domain/ids.ts';
import { NO_ITEMS, addItems } from './domain/items.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import { type MigrationUser, isAtWork } from './domain/migration-user.ts';
import { type UserProgress, isUnapproved } from './domain/progress.ts';
import { MANIFEST, RECORD_FORMAT, RECORD_VERSION, type RecordManifest, SIGNATURE } from './domain/record-manifest.ts';
import { dataConsistencyScore, reasonsFromItems, worstScore } from './domain/score.ts';
import { type SyncSpeeds, syncSpeeds } from './domain/sync-speeds.ts';
import { verdictOf } from './domain/verification.ts';
import type { World } from './ports.ts';
import { batchOverview } from './queries.ts';
import { someAtOnce } from './some-at-once.ts';
import { readChain } from './read-chain.ts';
import type { ExportView } from './views.ts';

/**
 * Writes the record of a batch: what is known about it, its part of the audit chain and a page for people, under one
 * signed manifest. Throws UnknownBatch, RecordDamaged.
 */
export async function closeOut(
  world: World,
  name: BatchName,
  page: (report: CloseOutReport) => string,
  by: Actor,
): Promise<ExportView> {
  const batch = await requireBatch(world, name);
  const now = world.clock.now();
  const known = await gather(world, batch, now, by);
  const signer = await world.records.signer();
  const { fingerprint, publicKey } = signer;
  await using draft = await world.records.begin(`record-${name}-${known.asOf.replaceAll(/[:.]/g, '-')}`);
  const story = new ChainStory(batch);
  const audit = await draft.write('audit.jsonl', story.lines(world));
  const report = page({ closeOut: known, ...story.told(), fingerprint });
  const files = [
    await draft.write('report.html', [report]),
    await draft.write('users.csv', exportCsv(known.users)),
    await draft.write('pack.json', packPieces(known)),
    audit,
    await draft.write('public-key.pem', [publicKey]),
  ];
  const { chain } = story.told();
  const manifest: RecordManifest = {
    ...{ format: RECORD_FORMAT, version: RECORD_VERSION, bellhop: world.records.version, batch: name },
    ...{ createdAt: known.asOf, createdBy: by, chain, files },
    signer: { algorithm: 'Ed25519', fingerprint },
  };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const signed = [await draft.write(MANIFEST, [text]), await draft.write(SIGNATURE, [signer.sign(text)])];
  const written = await draft.finish();
  await world.store.publish(
    [{ type: 'BatchExported', batch: name, users: known.users.length, manifest: sha256Of(text), signer: fingerprint }],
    by,
  );
  return {
    ...{ identity: name, users: known.users.length, openItems: known.openItems.length, ...written },
    files: [...files, ...signed],
    ...{ chain, fingerprint, publicKey, asOf: known.asOf },
  };
}

function* packPieces(known: CloseOut): Iterable<string> {
  yield* jsonPieces(known);
  yield '\n';
}

async function gather(world: World, batch: MigrationBatch, now: number, by: Actor): Promise<CloseOut> {
  const view = await batchOverview(world, batch.name);
  const speeds = syncSpeeds();
  for await (const event of world.events.read(batch.createdAt, now))
    if ('batch' in event && event.batch === batch.name) speeds.take(event);
  const gathered = await someAtOnce(world.store.usersWithProgress(batch.name), async ({ user, progress }) => {
    const known = await gatherUser(world, user, progress, speeds);
    return { known, open: openItemsOf(known, progress?.findings?.RemovalHeld?.count ?? 0) };
  });
  const users = gathered.map(({ known }) => known);
  const openItems: OpenItem[] = gathered.flatMap(({ open }) => open);
  const approvals = (await world.store.approvals())
    .filter(({ plan }) => plan.batch === batch.name)
    .sort((a, b) => a.requestedAt - b.requestedAt)
    .map((approval) => closeOutApproval(approval, stateOf(approval, now)));
  for (const { identity, state } of approvals)
    if (state === 'open') openItems.push({ kind: 'approvalOpen', about: identity, count: 1 });
  const cutover = await world.store.cutover(batch.name);
  if (cutover !== undefined && cutover.state !== 'finished')
    openItems.push({ kind: 'cutoverOpen', about: cutover.domain, count: 1 });
  const scores = users.flatMap(({ score }) => (score === null ? [] : [score]));
  return {
    batch: {
      ...{ identity: view.identity, status: view.status, endpoint: view.endpoint, createdBy: view.createdBy },
      ...{ creationDateTime: view.creationDateTime, startDateTime: view.startDateTime },
    },
    ...{ asOf: new Date(now).toISOString(), preparedBy: by },
    // Of the users as they are in here: a batch that syncs is further a moment later.
    dataConsistencyScore: scores.length === 0 ? null : worstScore(scores),
    ...{ reasons: view.reasons, items: addItems(users.map(({ items }) => items)) },
    speeds: speeds.total(view.bytesTransferred),
    users,
    approvals,
    cutover: cutover === undefined ? null : { domain: cutover.domain, state: cutover.state },
    openItems,
  };
}

async function gatherUser(
  world: World,
  user: MigrationUser,
  progress: UserProgress | undefined,
  speeds: SyncSpeeds,
): Promise<CloseOutUser> {
  const items = progress?.items ?? NO_ITEMS;
  const graded = progress !== undefined && user.lastSuccessfulSyncAt !== undefined ? progress : undefined;
  const reasons = graded === undefined ? [] : [...reasonsFromItems(items, isAtWork(user.status)), ...graded.reasons];
  const skipped = await world.store.skipped(user.address);
  const found = await world.store.verification(user.address);
  const verdict = found === undefined ? undefined : verdictOf(found);
  return {
    ...{ address: user.address, userName: user.userName, status: user.status, items },
    score: graded === undefined ? null : dataConsistencyScore(reasons, items.source),
    unapprovedSkipped: skipped.filter(isUnapproved).length,
    bytes: progress?.bytesTransferred ?? 0,
    lastSync: user.lastSuccessfulSyncAt === undefined ? null : new Date(user.lastSuccessfulSyncAt).toISOString(),
    verified: found === undefined ? null : `${verdict} ${new Date(found.finishedAt).toISOString()}`,
    errorCode: user.error?.code ?? null,
    error: user.error?.message ?? null,
    reasons,
    skippedItems: skipped.map(closeOutSkipped),
    verification: found === undefined || verdict === undefined ? null : verificationOf(found, verdict),
    firstSync: speeds.firstSyncOf(user.address) ?? null,
  };
}

// The file it was written to is known to this machine alone.
function verificationOf(
  { file: _file, sha256, ...verification }: NonNullable<Awaited<ReturnType<World['store']['verification']>>>,
  verdict: ReturnType<typeof verdictOf>,
): CloseOutUser['verification'] {
  return { verification, verdict, sha256 };
}

/** The chain up to now, checked, line by line; entries of other batches are withheld, the latest of ours are kept for the page. */
class ChainStory {
  readonly #batch: MigrationBatch;
  #entries: AuditEntry[] = [];
  #ours = 0;
  #chain: AuditHead | undefined;

  constructor(batch: MigrationBatch) {
    this.#batch = batch;
  }

  async *lines(world: World): AsyncIterable<string> {
    const { name, endpoint } = this.#batch;
    const reading = readChain(world);
    for (let next = await reading.next(); ; next = await reading.next()) {
      if (next.done === true) return void (this.#chain = next.value);
      const { entry, line } = next.value;
      const isOurs = entry.batch === name || (entry.batch === null && concerns(entry, endpoint));
      if (isOurs) this.#keep(entry);
      yield `${isOurs ? line : canonicalJson(withhold(entry))}\n`;
    }
  }

  told(): Pick<CloseOutReport, 'entries' | 'earlier' | 'chain'> {
    const entries = this.#entries.slice(-MOST_ENTRIES);
    return { entries, earlier: this.#ours - entries.length, chain: this.#chain ?? EMPTY_CHAIN };
  }

  #keep(entry: AuditEntry): void {
    this.#ours += 1;
    this.#entries.push(entry);
    if (this.#entries.length >= 2 * MOST_ENTRIES) this.#entries = this.#entries.slice(-MOST_ENTRIES);
  }
}

// What happened to the endpoint of the batch, and to the log itself.
function concerns({ type, details }: AuditEntry, endpoint: string): boolean {
  return type === 'EventsLost' || type === 'EventDamaged' || details['endpoint'] === endpoint;
}
