import { openApprovals } from './approvals.ts';
import {
  type DailyReport,
  type DaySnapshot,
  type ReportedBatch,
  type ReportedUser,
  type WaitingApproval,
  dailyReport,
} from './domain/daily-report.ts';
import { NO_ITEMS, addItems, inTarget } from './domain/items.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import { isAtWork } from './domain/migration-user.ts';
import { dataConsistencyScore, reasonsFromItems } from './domain/score.ts';
import { sha256Of } from './domain/canonical-json.ts';
import { toMigrationError } from './domain/failure.ts';
import { reportCsv } from './domain/report-export.ts';
import { dayBefore, paceOf } from './domain/pace.ts';
import { wallTime } from './domain/wall-clock.ts';
import type { World } from './ports.ts';
import { statusOverview } from './queries.ts';
import { speedOf } from './speed.ts';
import type { SpeedView } from './views.ts';

export interface ReportView extends DailyReport {
  /** How fast all batches are together when the report is made, and how many users wait for a slot. */
  readonly speed?: SpeedView & { readonly waitingCount: number };
  readonly asOf: string;
  /** Where the whole lists are: a page and a CSV of every user. */
  readonly files?: readonly ReportFile[];
}

/** A file on the server. */
export interface ReportFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

const DAY = 86_400_000;

/**
 * The report of today in a time zone, with its files beside it, one pair a date; `history` is what earlier dates left behind, `page` makes the
 * page. Where they cannot be written, the report comes without.
 */
export async function writeReport(
  world: World,
  zone: string,
  history: readonly DaySnapshot[],
  page: (view: ReportView) => string,
): Promise<ReportView> {
  const { view, users } = await reportOf(world, zone, history);
  try {
    const files = [
      await writeFile(world, `report-${view.date}.html`, page(view)),
      await writeFile(world, `report-${view.date}.csv`, reportCsv(users)),
    ];
    return { ...view, files };
  } catch (error) {
    world.log.warn({ code: toMigrationError(error).code }, 'the files of a report could not be written');
    return view;
  }
}

async function writeFile(world: World, name: string, text: string): Promise<ReportFile> {
  return { file: await world.reports.write(name, text), bytes: Buffer.byteLength(text), sha256: sha256Of(text) };
}

async function reportOf(
  world: World,
  zone: string,
  history: readonly DaySnapshot[],
): Promise<{ readonly view: ReportView; readonly users: readonly ReportedUser[] }> {
  const now = world.clock.now();
  const { date } = wallTime(now, zone);
  const batches = await world.store.batches();
  const users: ReportedUser[] = [];
  let bytes = 0;
  for (const batch of batches) {
    for await (const { user, progress: mine } of world.store.usersWithProgress(batch.name)) {
      bytes += mine?.bytesTransferred ?? 0;
      const items = mine?.items ?? NO_ITEMS;
      const reasons = mine === undefined ? [] : [...reasonsFromItems(items, isAtWork(user.status)), ...mine.reasons];
      const graded = user.lastSuccessfulSyncAt !== undefined && mine !== undefined;
      users.push({
        identity: user.address,
        batch: batch.name,
        status: user.status,
        items,
        score: graded ? dataConsistencyScore(reasons, items.source) : undefined,
        reasons: graded ? reasons : [],
        failure: user.error?.code,
        // A live mailbox that was found equal is as fresh as one that was just synced.
        lastSuccessfulSyncAt: latestOf(user.lastSuccessfulSyncAt, user.freshness?.equalAt),
      });
    }
  }
  const { copied, copiedBy, usersSynced } = await yesterday(world, now);
  const before = history.find((day) => day.date === dayBefore(date));
  const reported = batches.map((batch): ReportedBatch => ({
    ...{ name: batch.name, intent: batch.intent, every: batch.every },
    pace: paceOf({
      ...{ batch: batch.name, startedAt: batch.startedAt, now, before, ended: copiedBy.get(batch.name) ?? 0 },
      inTarget: inTarget(addItems(users.filter((user) => user.batch === batch.name).map((user) => user.items))),
    }),
    ...cutoverOf(batch, zone),
  }));
  const report = dailyReport({
    ...{ date, now, users, history, bytes, copied, usersSynced },
    batches: reported,
    approvals: await waitingApprovals(world),
  });
  const speed = await statusOverview(world);
  const waitingCount = speed.batches.reduce((sum, batch) => sum + batch.waitingCount, 0);
  const view = { ...report, speed: { ...speedOf(speed), waitingCount }, asOf: new Date(now).toISOString() };
  return { view, users };
}

function latestOf(synced: number | undefined, equal: number | undefined): number | undefined {
  return synced === undefined || equal === undefined ? synced : Math.max(synced, equal);
}

/** What today looks like, for the burn-down of later reports. */
export async function snapshotOf(world: World, date: string): Promise<DaySnapshot> {
  const at = world.clock.now();
  const batches: Record<string, number> = {};
  let [pending, whole, bytes] = [0, 0, 0];
  for (const { name } of await world.store.batches()) {
    const { items, bytesTransferred } = await world.store.tally(name, at);
    batches[name] = inTarget(items);
    pending += items.pending;
    whole += inTarget(items);
    bytes += bytesTransferred;
  }
  return { date, at, pending, inTarget: whole, bytes, batches };
}

async function yesterday(
  world: World,
  now: number,
): Promise<{
  readonly copied: number;
  readonly copiedBy: ReadonlyMap<string, number>;
  readonly usersSynced: number;
}> {
  let copied = 0;
  const copiedBy = new Map<string, number>();
  const synced = new Set<string>();
  for await (const event of world.events.read(now - DAY / world.settings.timeScale, now)) {
    if (event.type !== 'UserSynced') continue;
    copied += event.copied;
    copiedBy.set(event.batch, (copiedBy.get(event.batch) ?? 0) + event.copied);
    synced.add(event.user);
  }
  return { copied, copiedBy, usersSynced: synced.size };
}

async function waitingApprovals(world: World): Promise<readonly WaitingApproval[]> {
  return (await openApprovals(world)).map(({ identity, plan, requestedBy, requestedAt, expiresAt }) => ({
    ...{ identity, title: plan.title, batch: plan.batch ?? null, requestedBy },
    requestedAt: Date.parse(requestedAt),
    expiresAt: Date.parse(expiresAt),
  }));
}

// Without a day of its own, a batch has to be ready when it is to be completed.
function cutoverOf({ cutoverAt, completion }: MigrationBatch, zone: string): Pick<ReportedBatch, 'cutover'> {
  const at = cutoverAt ?? completion?.at;
  return at === undefined ? {} : { cutover: { at, date: wallTime(at, zone).date } };
}
