import type { BatchName } from '../engine/domain/ids.ts';
import type { DaySnapshot } from '../engine/domain/daily-report.ts';
import type { ReportSchedule } from '../engine/domain/report-schedule.ts';
import type { ApprovalRing } from '../cards/approval-card.ts';
import type { Audience } from '../cards/eyes.ts';
import { type FailureCluster, clusterKey, mergeClusters } from '../engine/domain/notification.ts';
import type { Place } from './chat-port.ts';
import type { Person } from './read-activity.ts';
import { placeHash, rootOf } from './place-hash.ts';

/** Small JSON texts kept somewhere durable. */
export interface Documents {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
  putIfAbsent(name: string, text: string, ttl?: number): Promise<boolean>;
  names(prefix: string): Promise<readonly string[]>;
}

/** A card in a conversation. */
export interface PostedCard {
  readonly place: Place;
  readonly activityId: string;
  /** Who asked for it: mentioned when only a person helps. */
  readonly owner?: { readonly id: string; readonly name: string };
  /** Whose view of it differs, as it was when it was posted. */
  readonly audience?: Audience;
}

/** What a conversation wants to hear of a batch or user. */
export interface Subscription {
  readonly place: Place;
  /** Name of a batch or address of a user. */
  readonly target: string;
  readonly mode: 'watch' | 'mute';
}

/** A card that waits for the answer of a job. */
export interface PendingCard extends PostedCard {
  readonly request: string;
  /** What it is about: an endpoint's or a batch' name. */
  readonly about: string;
  /** When it was asked for, ms since 1970. */
  readonly at?: number;
}

/** A card that shows an approval where it was not asked for. */
export interface AskingCard extends PostedCard {
  /** The person alone with Bellhop who sees it. */
  readonly reader?: string;
  /** Why it is there. */
  readonly ring?: ApprovalRing;
}

/** Somebody's chat with Bellhop alone. */
export interface PrivateChat {
  readonly person: string;
  readonly place: Place;
}

/** A conversation that gets a daily report. */
export interface ScheduledReport {
  readonly place: Place;
  readonly schedule: ReportSchedule;
}

const SNAPSHOT_MEMORY = 60 * 86_400_000;
const ACTIVITY_MEMORY = 10 * 60_000;

/** What Bellhop remembers of conversations: live cards, cards that wait for an answer, activities it has seen. */
export class ConversationBook {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** True for the first delivery of an activity; Teams may deliver one twice. */
  async isNew(activityId: string): Promise<boolean> {
    return activityId === '' || this.#documents.putIfAbsent(`seen:${activityId}`, '1', ACTIVITY_MEMORY);
  }

  /** Keeps that Bellhop is in a conversation, and since when it heard of it last. */
  async rememberPlace(place: Place, at: number): Promise<void> {
    await this.#documents.put(`place:${placeHash(rootOf(place))}`, JSON.stringify({ place, at }));
  }

  async forgetPlace(place: Place): Promise<void> {
    await this.#documents.delete(`place:${placeHash(rootOf(place))}`);
  }

  /** How many conversations Bellhop can write to. */
  async placeCount(): Promise<number> {
    return (await this.#documents.names('place:')).length;
  }

  /** Keeps where a person talks to Bellhop alone. */
  async rememberPrivateChat(person: Pick<Person, 'id' | 'tenantId'>, place: Place): Promise<void> {
    await this.#documents.put(privateName(person), JSON.stringify(place));
  }

  async privateChat(person: Pick<Person, 'id' | 'tenantId'>): Promise<Place | undefined> {
    const text = await this.#documents.get(privateName(person));
    return text === undefined ? undefined : (JSON.parse(text) as Place);
  }

  /** Everybody who talks to Bellhop alone. */
  async privateChats(): Promise<readonly PrivateChat[]> {
    const names = await this.#documents.names('private:');
    const texts = await Promise.all(names.map((name) => this.#documents.get(name)));
    return texts.flatMap((text, at) => {
      const person = names[at]?.split(':').at(-1);
      return text === undefined || person === undefined ? [] : [{ person, place: JSON.parse(text) as Place }];
    });
  }

  /** Makes a card the live card of a batch in its channel or chat; the one before, in whatever thread, becomes history. */
  async pin(batch: BatchName, card: PostedCard): Promise<void> {
    await this.#documents.put(pinName(batch, card.place), JSON.stringify(card));
  }

  async unpin(batch: BatchName, card: PostedCard): Promise<void> {
    await this.#documents.delete(pinName(batch, card.place));
  }

  async pinned(batch: BatchName): Promise<readonly PostedCard[]> {
    return this.#read<PostedCard>(`pin:${batch}:`);
  }

  /** Batches that have a live card somewhere. */
  async pinnedBatches(): Promise<readonly BatchName[]> {
    const names = await this.#documents.names('pin:');
    return [...new Set(names.map((name) => name.split(':')[1] as BatchName))];
  }

  async expect(card: PendingCard): Promise<void> {
    await this.#documents.put(`pending:${card.request}`, JSON.stringify(card));
  }

  async expected(request: string): Promise<PendingCard | undefined> {
    const text = await this.#documents.get(`pending:${request}`);
    return text === undefined ? undefined : (JSON.parse(text) as PendingCard);
  }

  /** The same question in another place: every card of it is brought up to date. */
  async alsoAsks(request: string, card: AskingCard): Promise<void> {
    await this.#documents.put(`asks:${request}:${placeHash(card.place)}:${card.activityId}`, JSON.stringify(card));
  }

  async forgetAsks(request: string): Promise<void> {
    for (const name of await this.#documents.names(`asks:${request}:`)) await this.#documents.delete(name);
  }

  async otherAsks(request: string): Promise<readonly AskingCard[]> {
    return this.#read<AskingCard>(`asks:${request}:`);
  }

  async allExpected(): Promise<readonly PendingCard[]> {
    return this.#read<PendingCard>('pending:');
  }

  async answered(request: string): Promise<void> {
    await this.#documents.delete(`pending:${request}`);
  }

  /** Watches or mutes a batch or user in a conversation. */
  async subscribe(subscription: Subscription): Promise<void> {
    const { place, target } = subscription;
    await this.#documents.put(`news:${target}:${placeHash(rootOf(place))}`, JSON.stringify(subscription));
  }

  /** Who watches and who muted a batch or user. */
  async subscriptions(target: string): Promise<readonly Subscription[]> {
    return this.#read<Subscription>(`news:${target}:`);
  }

  /** Batches and users a conversation muted. */
  async mutedIn(place: Place): Promise<ReadonlySet<string>> {
    const here = placeHash(rootOf(place));
    const all = await this.#read<Subscription>('news:');
    return new Set(
      all.filter((each) => each.mode === 'mute' && placeHash(rootOf(each.place)) === here).map(({ target }) => target),
    );
  }

  /** Sets or ends the daily report of a channel or chat: a post of its own, in no thread. */
  async scheduleReport(said: Place, schedule: ReportSchedule | undefined): Promise<void> {
    const place = rootOf(said);
    const name = `report:${placeHash(place)}`;
    if (schedule === undefined) await this.#documents.delete(name);
    else await this.#documents.put(name, JSON.stringify({ place, schedule }));
  }

  async reports(): Promise<readonly ScheduledReport[]> {
    return this.#read<ScheduledReport>('report:');
  }

  /** Keeps what a date began with; the first word counts. */
  async keepSnapshot(snapshot: DaySnapshot): Promise<void> {
    await this.#documents.putIfAbsent(`snapshot:${snapshot.date}`, JSON.stringify(snapshot), SNAPSHOT_MEMORY);
  }

  async hasSnapshot(date: string): Promise<boolean> {
    return (await this.#documents.get(`snapshot:${date}`)) !== undefined;
  }

  /** What earlier dates began with, oldest first. */
  async history(): Promise<readonly DaySnapshot[]> {
    const days = await this.#read<DaySnapshot>('snapshot:');
    return [...days].sort((a, b) => a.date.localeCompare(b.date));
  }

  /** Wherever a live card, a watch, a question or a report is. */
  async everyPlace(): Promise<readonly Pick<PostedCard, 'place' | 'audience'>[]> {
    const kept = await Promise.all(
      ['pending:', 'asks:', 'pin:', 'news:', 'report:'].map((prefix) =>
        this.#read<Pick<PostedCard, 'place' | 'audience'>>(prefix),
      ),
    );
    return kept.flat();
  }

  async clusters(): Promise<readonly FailureCluster[]> {
    return this.#read<FailureCluster>('cluster:');
  }

  /** Adds what was seen to the cluster of its cause. */
  async noteCluster(cluster: FailureCluster): Promise<void> {
    const name = `cluster:${clusterKey(cluster)}`;
    const text = await this.#documents.get(name);
    const known = text === undefined ? undefined : (JSON.parse(text) as FailureCluster);
    await this.#documents.put(name, JSON.stringify(known === undefined ? cluster : mergeClusters(known, cluster)));
  }

  async forgetCluster(cluster: FailureCluster): Promise<void> {
    await this.#documents.delete(`cluster:${clusterKey(cluster)}`);
  }

  async #read<Kind>(prefix: string): Promise<readonly Kind[]> {
    const names = await this.#documents.names(prefix);
    const texts = await Promise.all(names.map((name) => this.#documents.get(name)));
    return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Kind]));
  }
}

function pinName(batch: BatchName, place: Place): string {
  return `pin:${batch}:${placeHash(rootOf(place))}`;
}

function privateName({ id, tenantId }: Pick<Person, 'id' | 'tenantId'>): string {
  return `private:${tenantId}:${id}`;
}
