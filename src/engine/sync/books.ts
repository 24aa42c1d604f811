import type { Failure } from '../domain/failure.ts';
import { type Items, NO_ITEMS, addItems } from '../domain/items.ts';
import type { FolderBooks, UserProgress } from '../domain/progress.ts';
import type { OwnerFinding, OwnerFindings } from '../domain/owner-findings.ts';
import { type ScoreReason, reasonsFromFolders } from '../domain/score.ts';
import type { MigrationUser } from '../domain/migration-user.ts';
import { NO_TIME, type SpentTime, addTime, bottleneckOf, timeSince } from '../domain/spent-time.ts';
import type { LedgerState, World } from '../ports.ts';
import type { SyncTimer } from './sync-timer.ts';

type Column = Exclude<keyof Items, 'source'>;

/** Where messages stand at the beginning of a pass; what is tried again is pending. */
export const COLUMN_OF: Readonly<Record<LedgerState, Column | undefined>> = {
  intended: 'pending',
  copied: 'copied',
  adopted: 'adopted',
  skipped: 'pending',
  failed: 'pending',
  excluded: 'excluded',
  gone: undefined,
};

const PUBLISH_EVERY = 1000;
/** Rates are measured over the last moments, not since the start: they answer "how fast is it now". */
const RATE_WINDOW = 10_000;

/** What the store knows from earlier passes. */
interface Before {
  readonly progress: UserProgress | undefined;
  readonly folders: readonly FolderBooks[];
}

/** What was done so far, at a time. */
interface Sample {
  readonly at: number;
  readonly items: number;
  readonly bytes: number;
  readonly requests: number;
  readonly time: SpentTime;
}

interface Page {
  readonly source: string;
  readonly target: string;
  readonly uidValidity: string | undefined;
  readonly items: Record<keyof Items, number>;
  bytes: number;
  verifiedInTarget: number | undefined;
  error: Failure | undefined;
}

/**
 * The running books of one mailbox pass. Every message is in exactly one column of its folder at any time, so the books
 * balance whenever they are published. Publishing is throttled; the last state is always published by `close`.
 */
export class MailboxBooks {
  readonly #world: World;
  readonly #user: MigrationUser;
  readonly #startedAt: number;
  readonly #bytesBefore: number;
  readonly #folderBytesBefore: ReadonlyMap<string, number>;
  readonly #pages = new Map<string, Page>();
  readonly #reasons: ScoreReason[] = [];
  readonly #timer: SyncTimer;
  readonly #timeBefore: SpentTime;
  readonly #timeAtStart: SpentTime;
  readonly #samples: Sample[] = [];
  readonly #heldBefore: number;
  #findings: OwnerFindings | undefined;
  #copied = 0;
  #bytes = 0;
  #knownBytes = 0;
  #knownItems = 0;
  #publishedAt = 0;

  constructor(world: World, user: MigrationUser, before: Before, timer: SyncTimer) {
    this.#timer = timer;
    this.#timeAtStart = timer.spent();
    this.#timeBefore = before.progress?.time ?? NO_TIME;
    this.#world = world;
    this.#user = user;
    this.#startedAt = world.clock.now();
    this.#findings = before.progress?.findings;
    this.#heldBefore = before.progress?.findings?.RemovalHeld?.count ?? 0;
    this.#bytesBefore = before.progress?.bytesTransferred ?? 0;
    this.#folderBytesBefore = new Map(before.folders.map((folder) => [folder.source, folder.bytes]));
  }

  /** Messages written in this pass. */
  get copied(): number {
    return this.#copied;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Opens the page of a folder with what the ledger knows of it under this UIDVALIDITY. */
  open(source: string, target: string, uidValidity: string | undefined, items: Partial<Items>): void {
    const bytes = this.#folderBytesBefore.get(source) ?? 0;
    this.#pages.set(source, {
      source,
      target,
      uidValidity,
      items: { ...NO_ITEMS, ...items },
      bytes,
      verifiedInTarget: undefined,
      error: undefined,
    });
  }

  /** Moves messages from one column to another. */
  move(source: string, from: Column, to: Column, count = 1): void {
    const page = this.#page(source);
    page.items[from] -= count;
    page.items[to] += count;
    // What left the source is no longer part of it.
    if (to === 'goneAtSource') page.items.source -= count;
  }

  /** Messages that were not known before. */
  found(source: string, count: number): void {
    const page = this.#page(source);
    page.items.source += count;
    page.items.pending += count;
  }

  /** Messages that had left the source and are there again, with their items. */
  comeBack(source: string, count: number): void {
    const page = this.#page(source);
    page.items.source += count;
    page.items.copied += count;
    page.items.goneAtSource -= count;
  }

  /** A message left the source; `state` is how the ledger knew it. Under a former UIDVALIDITY it is on no page. */
  leave(source: string, uidValidity: string, state: LedgerState): void {
    const column = COLUMN_OF[state];
    if (column === undefined || this.#pages.get(source)?.uidValidity !== uidValidity) return;
    this.move(source, column, 'goneAtSource');
  }

  /** A message arrived in the target. */
  arrived(source: string, bytes: number): void {
    this.move(source, 'pending', 'copied');
    this.#copied += 1;
    this.#bytes += bytes;
  }

  /** Sizes of messages as they become known, for the estimate of the whole. */
  sized(source: string, count: number, bytes: number): void {
    this.#page(source).bytes += bytes;
    this.#knownItems += count;
    this.#knownBytes += bytes;
  }

  verified(source: string, inTarget: number): void {
    this.#page(source).verifiedInTarget = inTarget;
  }

  failed(source: string, error: Failure): void {
    this.#page(source).error = error;
  }

  reason(reason: ScoreReason): void {
    this.#reasons.push(reason);
  }

  note(findings: OwnerFindings): void {
    this.#findings = findings;
  }

  /** Removals that wait for a person now and did not before this pass. */
  newlyHeld(): OwnerFinding | undefined {
    const held = this.#findings?.RemovalHeld;
    return held !== undefined && held.count > this.#heldBefore ? held : undefined;
  }

  /** Messages in the target by source folder. */
  inTarget(): ReadonlyMap<string, number> {
    return new Map([...this.#pages].map(([path, page]) => [path, page.items.copied + page.items.adopted]));
  }

  items(): Items {
    return addItems([...this.#pages.values()].map((page) => page.items));
  }

  /** Publishes at most once a second. */
  async publish(): Promise<void> {
    const now = this.#world.clock.now();
    if (now - this.#publishedAt < PUBLISH_EVERY) return;
    this.#publishedAt = now;
    await this.#world.store.saveProgress(this.#user.address, this.#user.batch, this.#progress(now));
  }

  /** Publishes the end of the pass with every folder's page. */
  async close(): Promise<void> {
    await this.#world.store.saveFolders(this.#user.address, [...this.#pages.values()].map(toFolderBooks));
    // The sync is over: nothing holds it back any more.
    const { bottleneck: _over, ...progress } = this.#progress(this.#world.clock.now());
    await this.#world.store.saveProgress(this.#user.address, this.#user.batch, progress);
  }

  // Where the source says how many messages a closed folder has, they are booked as failed.
  #uncounted(): number {
    const closed = [...this.#pages.values()].filter(({ error }) => error?.code === 'SourceFolderUnavailable');
    return closed.filter(({ uidValidity }) => uidValidity === undefined).length;
  }

  #page(source: string): Page {
    const page = this.#pages.get(source);
    if (page === undefined) throw new RangeError('The books have no page for this folder.');
    return page;
  }

  #progress(now: number): UserProgress {
    const items = this.items();
    const time = this.#timer.spent(now);
    const rate = this.#rate({
      at: now,
      items: this.#copied,
      bytes: this.#bytes,
      requests: this.#timer.sent.requests,
      time,
    });
    const bottleneck = bottleneckOf(rate.time);
    return {
      items,
      bytesTransferred: this.#bytesBefore + this.#bytes,
      estimatedTotalSize: this.#estimatedSize(items.source),
      itemsPerSecond: rate.items,
      bytesPerSecond: rate.bytes,
      reasons: [...this.#reasons, ...reasonsFromFolders(this.#uncounted())],
      ...(this.#findings === undefined ? {} : { findings: this.#findings }),
      startedAt: this.#startedAt,
      updatedAt: now,
      ...(bottleneck === undefined ? {} : { bottleneck }),
      time: addTime(this.#timeBefore, time),
      syncTime: time,
      ceiling: this.#timer.ceiling(),
      requestsPerSecond: rate.requests,
    };
  }

  #estimatedSize(source: number): number {
    const recorded = [...this.#pages.values()].reduce((sum, page) => sum + page.bytes, 0);
    if (this.#knownItems === 0) return recorded;
    const mean = this.#knownBytes / this.#knownItems;
    return Math.max(recorded, Math.round(mean * source));
  }

  #rate(sample: Sample): Omit<Sample, 'at'> {
    this.#samples.push(sample);
    while (this.#samples.length > 2 && sample.at - (this.#samples[0]?.at ?? sample.at) > RATE_WINDOW)
      this.#samples.shift();
    const [first = sample] = this.#samples;
    const start = { at: this.#startedAt, items: 0, bytes: 0, requests: 0, time: this.#timeAtStart };
    const origin = this.#samples.length === 1 ? start : first;
    const time = timeSince(origin.time, sample.time);
    const seconds = (sample.at - origin.at) / 1000;
    if (seconds <= 0) return { items: 0, bytes: 0, requests: 0, time };
    const perSecond = (of: 'items' | 'bytes' | 'requests'): number => (sample[of] - origin[of]) / seconds;
    return { items: perSecond('items'), bytes: perSecond('bytes'), requests: perSecond('requests'), time };
  }
}

function toFolderBooks(page: Page): FolderBooks {
  const { source, target, items, bytes, verifiedInTarget, error } = page;
  return {
    source,
    target,
    items: { ...items },
    bytes,
    ...(verifiedInTarget === undefined ? {} : { verifiedInTarget }),
    ...(error === undefined ? {} : { error }),
  };
}
