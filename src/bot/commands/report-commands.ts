import type { Locale } from '../../cards/locale.ts';
import { noticeCard } from '../../cards/notice-card.ts';
import { reportCard } from '../../cards/report-card.ts';
import { reportPage } from '../../cards/report-page.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { type ReportSchedule, readDays } from '../../engine/domain/report-schedule.ts';
import { isZone, readTimeOfDay, timeOfDay } from '../../engine/domain/wall-clock.ts';
import { writeReport } from '../../engine/reporting.ts';
import { type CommandContext, type CommandReply, command } from './command.ts';

export const reportCommand = command({
  usage: 'report [here]',
  title: 'Report',
  help: 'Show the daily report now; "report here" brings it into this conversation every day.',
  examples: ['report', 'report here'],
  aliases: ['bericht', 'tagesbericht', 'daily report'],
  permission: 'view',
  topic: 'Look',
  args: { here: { read: readHere, expects: '"here" or nothing', optional: true } },
  async run({ here: daily }, context): Promise<CommandReply> {
    const { world, here, locale } = context;
    if (daily === true)
      return schedule('report here', context, { days: [], at: here?.reportAt ?? 0, zone: here?.zone ?? 'UTC' });
    const history = (await here?.history()) ?? [];
    const view = await writeReport(world, here?.zone ?? 'UTC', history, (report) => reportPage(report, locale));
    return { view, card: reportCard(view, locale), files: view.files ?? [] };
  },
});

export const reportScheduleCommand = command({
  usage: 'report at <time> [here] [days=mon-fri] [zone=Europe/Berlin]',
  title: 'Schedule report',
  help: 'Bring the daily report into this conversation at a time of day; "report at off" ends that.',
  examples: ['report at 08:00', 'report at 07:30 here days=mon-fri zone=Europe/Berlin', 'report at off'],
  aliases: ['bericht um', 'report daily at', 'tagesbericht um'],
  permission: 'operate',
  topic: 'Set up',
  args: {
    time: { read: readTime, expects: 'a time of day such as 08:00, or off' },
    here: { read: readHere, expects: '"here" or nothing', optional: true },
    days: { read: readDays, expects: 'days such as mon-fri', named: true, optional: true, also: ['tage'] },
    zone: {
      read: readZone,
      expects: 'a time zone such as Europe/Berlin',
      named: true,
      optional: true,
      also: ['zone', 'zeitzone'],
    },
  },
  async run({ time, days, zone }, context): Promise<CommandReply> {
    const at = time === 'off' ? undefined : { at: time, days: days ?? [], zone: zone ?? context.here?.zone ?? 'UTC' };
    return schedule('report at', context, at);
  },
});

async function schedule(
  words: string,
  { here, locale }: CommandContext,
  at: ReportSchedule | undefined,
): Promise<CommandReply> {
  if (here === undefined) throw new MigrationError('OnlyInChat', { command: words });
  await here.scheduleReport(at);
  return { view: { schedule: at ?? null }, card: scheduleCard(at, locale) };
}

function readTime(text: string): number | 'off' | undefined {
  return text.toLowerCase() === 'off' || text.toLowerCase() === 'aus' ? 'off' : readTimeOfDay(text);
}

function readHere(text: string): true | undefined {
  return ['here', 'hier', 'daily', 'uhr'].includes(text.toLowerCase()) ? true : undefined;
}

function readZone(text: string): string | undefined {
  return isZone(text) ? text : undefined;
}

function scheduleCard(schedule: ReportSchedule | undefined, { t }: Locale): CommandReply['card'] {
  const off = {
    what: t.buttons.report,
    tone: 'stopped',
    state: t.report.off,
    name: t.report.name,
    sentence: t.report.noMore,
  } as const;
  if (schedule === undefined) return noticeCard(off);
  const time = timeOfDay(schedule.at);
  const days = schedule.days.map((day) => t.report.dayNames[day - 1] ?? '').join(', ');
  const sentence = days === '' ? t.report.everyDay(time, schedule.zone) : t.report.onDays(time, schedule.zone, days);
  return noticeCard({ ...off, tone: 'done', state: t.report.scheduled, sentence }, [
    { title: t.buttons.report, action: { verb: 'report' } },
  ]);
}
