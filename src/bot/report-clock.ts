import type { Locale } from '../cards/locale.ts';
import { reportCard } from '../cards/report-card.ts';
import { reportPage } from '../cards/report-page.ts';
import { isReportDue } from '../engine/domain/report-schedule.ts';
import { wallTime } from '../engine/domain/wall-clock.ts';
import type { World } from '../engine/ports.ts';
import { snapshotOf, writeReport } from '../engine/reporting.ts';
import type { ConversationBook } from './conversation-book.ts';
import type { Outbox } from './outbox.ts';
import { placeHash } from './place-hash.ts';

export interface ReportClockOptions {
  readonly world: World;
  readonly book: ConversationBook;
  readonly outbox: Outbox;
  readonly locale: Locale;
  /** Time zone of the burn-down's dates. */
  readonly zone: string;
}

/**
 * Posts the daily reports that are due. A report has its date and conversation as the name of its post, so that no
 * restart, no second process and no change of the clock brings it twice.
 */
export async function postDueReports({ world, book, outbox, locale, zone }: ReportClockOptions): Promise<void> {
  const now = world.clock.now();
  const { date } = wallTime(now, zone);
  if (!(await book.hasSnapshot(date))) await book.keepSnapshot(await snapshotOf(world, date));
  for (const { place, schedule } of await book.reports()) {
    const wall = wallTime(now, schedule.zone);
    if (!isReportDue(schedule, wall)) continue;
    await outbox.post(`report:${placeHash(place)}:${wall.date}`, place, async () =>
      reportCard(
        await writeReport(world, schedule.zone, await book.history(), (view) => reportPage(view, locale)),
        locale,
      ),
    );
  }
}
