import { type ClusterView, clusterCard, digestCard } from '../cards/cluster-card.ts';
import type { Locale } from '../cards/locale.ts';
import type { Mention } from '../cards/mentions.ts';
import { userCard } from '../cards/user-card.ts';
import type { MigrationEvent } from '../engine/domain/events.ts';
import type { BatchName, UserAddress } from '../engine/domain/ids.ts';
import {
  type FailureCluster,
  clusterFailures,
  clusterKey,
  needsPerson,
  tellClusters,
  watchedNews,
} from '../engine/domain/notification.ts';
import { type QuietHours, wallTime } from '../engine/domain/wall-clock.ts';
import type { World } from '../engine/ports.ts';
import type { FailuresView } from '../engine/views.ts';
import { failuresOverview, userOverview } from '../engine/queries.ts';
import type { ChatPort, Place } from './chat-port.ts';
import type { ConversationBook } from './conversation-book.ts';
import type { OutboxEntry, Outbox } from './outbox.ts';
import { placeHash, rootOf } from './place-hash.ts';

/** So long a new cause gathers users before people are told: a broken server fails them one after the other. */
const SETTLE = 5_000;
/** A card of a cause is edited this often at most. */
const EDIT_EVERY = 15_000;
/** A post that may not have arrived is said again after this, as "still open". */
const REMIND = 3_600_000;

export interface FailureNotifierOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly chat: ChatPort;
  readonly outbox: Outbox;
  readonly locale: Locale;
  readonly quiet: QuietHours | undefined;
  readonly zone: string;
}

/** Tells conversations about failures: one card for a cause, one digest for many causes, edits instead of new cards. */
export class FailureNotifier {
  readonly #options: FailureNotifierOptions;
  readonly #shown = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #watched = new Set<UserAddress>();
  readonly #read = new Map<BatchName, { readonly view: Pick<FailuresView, 'groups' | 'asOf'>; readonly at: number }>();
  /** Users of a cause, at this look. */
  readonly #who = new Map<string, readonly string[]>();

  constructor(options: FailureNotifierOptions) {
    this.#options = options;
  }

  /** Takes events in; only their clusters are kept, durably, before the reader's place moves on. */
  async onEvents(events: readonly MigrationEvent[]): Promise<void> {
    for (const cluster of clusterFailures(events)) await this.#options.book.noteCluster(cluster);
    for (const user of watchedNews(events)) {
      const { book } = this.#options;
      for (const { mode } of await book.subscriptions(user)) if (mode === 'watch') this.#watched.add(user);
    }
  }

  /** Brings every conversation up to date. Called again and again; what could not be sent is sent at a later look. */
  async look(): Promise<void> {
    await this.#tellWatchers();
    const { book } = this.#options;
    const clusters = await book.clusters();
    if (clusters.length === 0) return;
    const views = new Map<string, ClusterView>();
    this.#who.clear();
    for (const batch of new Set(clusters.map((each) => each.batch))) {
      const { groups, asOf } = await this.#failuresOf(batch);
      for (const cluster of clusters.filter((each) => each.batch === batch)) {
        const group = groups.find((each) => each.error.code === cluster.code);
        views.set(clusterKey(cluster), viewOf(cluster, group, asOf));
        this.#who.set(
          clusterKey(cluster),
          (group?.users ?? []).map((user) => user.identity),
        );
      }
    }
    for (const [channel, mine] of await this.#interested(clusters)) await this.#bringUpToDate(channel, mine, views);
    for (const cluster of clusters)
      if (views.get(clusterKey(cluster))?.count === 0 && this.#isSettled(cluster)) await book.forgetCluster(cluster);
  }

  // Every user of a batch is read for it: not at every look.
  async #failuresOf(batch: BatchName): Promise<Pick<FailuresView, 'groups' | 'asOf'>> {
    const { world } = this.#options;
    const now = world.clock.now();
    const known = this.#read.get(batch);
    if (known !== undefined && now - known.at < SETTLE / world.settings.timeScale) return known.view;
    const view = await failuresOverview(world, batch).catch(() => ({ groups: [], asOf: '' }));
    this.#read.set(batch, { view, at: now });
    return view;
  }

  // The channels and chats that follow a batch by its live card or by "watch", without those that muted it.
  async #interested(
    clusters: readonly FailureCluster[],
  ): Promise<readonly (readonly [channel: Place, readonly Followed[]])[]> {
    const channels = new Map<string, readonly [Place, Followed[]]>();
    for (const batch of new Set(clusters.map((each) => each.batch))) {
      for (const audience of await this.#audiences(batch)) {
        const channel = rootOf(audience.place);
        const entry = channels.get(placeHash(channel)) ?? ([channel, []] as const);
        entry[1].push(...clusters.filter((each) => each.batch === batch).map((cluster) => ({ cluster, ...audience })));
        channels.set(placeHash(channel), entry);
      }
    }
    return [...channels.values()];
  }

  async #audiences(batch: BatchName): Promise<readonly Audience[]> {
    const { book } = this.#options;
    const [pinned, subscriptions] = await Promise.all([book.pinned(batch), book.subscriptions(batch)]);
    const found = new Map<string, Audience>();
    // What is muted or watched in one thread of a channel is so in all of it.
    for (const { place, owner } of pinned) found.set(placeHash(rootOf(place)), { place, owner });
    for (const { place, mode } of subscriptions) {
      const name = placeHash(rootOf(place));
      if (mode === 'mute') found.delete(name);
      else if (!found.has(name)) found.set(name, { place, owner: undefined });
    }
    return [...found.values()];
  }

  // A cause is told in the thread of its batch; a digest of many is a post of its own.
  async #bringUpToDate(
    channel: Place,
    followed: readonly Followed[],
    views: ReadonlyMap<string, ClusterView>,
  ): Promise<void> {
    const { book, outbox, world, quiet, zone, locale } = this.#options;
    const untold: FailureCluster[] = [];
    const muted = await book.mutedIn(channel);
    for (const { cluster, place, owner } of followed) {
      const view = views.get(clusterKey(cluster));
      if (view === undefined) continue;
      const told = await this.#told(cluster, channel);
      if (told !== undefined) await this.#edit(told, cluster, view, place, owner);
      else if (view.count > 0 && this.#isSettled(cluster) && !this.#isMuted(cluster, muted)) untold.push(cluster);
    }
    const telling = tellClusters(untold, {
      now: wallTime(world.clock.now(), zone),
      quiet,
      room: await outbox.room(channel),
    });
    if (telling.tell === 'nothing') return;
    const viewsOf = telling.clusters.flatMap((each) => views.get(clusterKey(each)) ?? []);
    if (telling.tell === 'clusters') {
      for (const [at, cluster] of telling.clusters.entries()) {
        const view = viewsOf[at];
        const { place, owner } = followed.find((each) => each.cluster === cluster) ?? {};
        if (view === undefined || place === undefined) continue;
        await outbox.post(this.#postName(cluster, channel), place, async () =>
          clusterCard(view, locale, mentionFor(cluster, place, owner)),
        );
      }
      return;
    }
    const newest = Math.max(...telling.clusters.map((each) => each.firstSeen));
    const name = `digest:${newest}:${telling.clusters.length}:${placeHash(channel)}`;
    const entry = await outbox.post(name, channel, async () => digestCard(viewsOf, locale));
    if (entry !== undefined)
      for (const cluster of telling.clusters) await outbox.cover(this.#postName(cluster, channel), entry);
  }

  async #told(cluster: FailureCluster, channel: Place): Promise<OutboxEntry | undefined> {
    const entry = await this.#options.outbox.entry(this.#postName(cluster, channel));
    return entry?.state === 'posted' || entry?.state === 'unknown' ? entry : undefined;
  }

  // A post that may be lost gets a new name an hour later: while the cause lasts, it is news again.
  #postName(cluster: FailureCluster, channel: Place): string {
    const { world } = this.#options;
    const base = `cluster:${clusterKey(cluster)}:${cluster.firstSeen}:${placeHash(channel)}`;
    const lost = this.#lost.get(base);
    if (lost === undefined || world.clock.now() - lost < REMIND / world.settings.timeScale) return base;
    return `${base}:again:${lost}`;
  }
  readonly #lost = new Map<string, number>();

  async #edit(
    { state, activityId, at, place: told }: OutboxEntry,
    cluster: FailureCluster,
    view: ClusterView,
    place: Place,
    owner: Mention | undefined,
  ): Promise<void> {
    const { chat, locale, world } = this.#options;
    const base = `cluster:${clusterKey(cluster)}:${cluster.firstSeen}:${placeHash(rootOf(place))}`;
    if (state === 'unknown' && !this.#lost.has(base)) this.#lost.set(base, at);
    if (activityId === undefined) return;
    const text = `${view.count}:${view.lastSeen}`;
    const shown = this.#shown.get(base);
    const now = world.clock.now();
    if (shown?.text === text || (shown !== undefined && now - shown.at < EDIT_EVERY / world.settings.timeScale)) return;
    // Where it was posted: the live card may have moved on to another thread.
    const { outcome } = await chat.update(
      told ?? place,
      activityId,
      clusterCard(view, locale, mentionFor(cluster, place, owner)),
    );
    if (outcome === 'posted' || outcome === 'gone' || outcome === 'closed') this.#shown.set(base, { text, at: now });
  }

  async #tellWatchers(): Promise<void> {
    const { book, world, outbox, locale } = this.#options;
    for (const user of this.#watched) {
      const view = await userOverview(world, user).catch(() => undefined);
      if (view === undefined) {
        this.#watched.delete(user);
        continue;
      }
      const stamp = `${view.status}:${view.lastSuccessfulSyncTime ?? ''}:${view.error?.code ?? ''}`;
      for (const { place, mode } of await book.subscriptions(user)) {
        if (mode !== 'watch') continue;
        await outbox.post(`user:${user}:${stamp}:${placeHash(place)}`, place, async () => userCard(view, locale));
      }
      this.#watched.delete(user);
    }
  }

  // A cause of nobody but muted users is no news here.
  #isMuted(cluster: FailureCluster, muted: ReadonlySet<string>): boolean {
    const users = this.#who.get(clusterKey(cluster)) ?? [];
    return muted.size > 0 && users.length > 0 && users.every((user) => muted.has(user));
  }

  #isSettled({ firstSeen }: FailureCluster): boolean {
    const { clock, settings } = this.#options.world;
    return clock.now() - firstSeen >= SETTLE / settings.timeScale;
  }
}

interface Followed extends Audience {
  readonly cluster: FailureCluster;
}

interface Audience {
  readonly place: Place;
  readonly owner: Mention | undefined;
}

function mentionFor(cluster: FailureCluster, place: Place, owner: Mention | undefined): Mention | undefined {
  return needsPerson(cluster) && !place.personal ? owner : undefined;
}

function viewOf(
  cluster: FailureCluster,
  group: { readonly count: number; readonly users: readonly { readonly identity: string }[] } | undefined,
  asOf: string,
): ClusterView {
  return {
    batch: cluster.batch,
    error: cluster.error,
    count: group?.count ?? 0,
    sample: (group?.users ?? []).slice(0, 3).map((user) => user.identity),
    firstSeen: new Date(cluster.firstSeen).toISOString(),
    lastSeen: new Date(cluster.lastSeen).toISOString(),
    asOf,
  };
}
