import type { WallTime } from './wall-clock.ts';

/** When a conversation gets its daily report. */
export interface ReportSchedule {
  /** Minutes since midnight of the time zone. */
  readonly at: number;
  /** ISO weekdays, 1 is Monday; all when empty. */
  readonly days: readonly number[];
  readonly zone: string;
}

/** A report that could not be made in time is still worth it this long, in minutes. */
const STILL_NEWS = 360;

/** Whether the report of this date is due; asking twice is harmless, the post has the date as its name. */
export function isReportDue({ at, days }: ReportSchedule, { minutes, weekday }: WallTime): boolean {
  if (days.length > 0 && !days.includes(weekday)) return false;
  return minutes >= at && minutes < at + STILL_NEWS;
}

/** How each day of the week may be written, Monday first. */
const DAY_NAMES: readonly (readonly string[])[] = [
  ['mon', 'monday', 'mo', 'montag'],
  ['tue', 'tuesday', 'di', 'dienstag'],
  ['wed', 'wednesday', 'mi', 'mittwoch'],
  ['thu', 'thursday', 'do', 'donnerstag'],
  ['fri', 'friday', 'fr', 'freitag'],
  ['sat', 'saturday', 'sa', 'samstag'],
  ['sun', 'sunday', 'so', 'sonntag'],
];

function readDay(text: string): number | undefined {
  const at = DAY_NAMES.findIndex((names) => names.includes(text.trim()));
  return at < 0 ? undefined : at + 1;
}

/** "mon-fri", "mon,wed,fr" -> ISO weekdays; undefined when a day is not one. */
export function readDays(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [from = '', to = from] = part.split('-');
    const first = readDay(from);
    const last = readDay(to);
    if (first === undefined || last === undefined) return undefined;
    for (let day = first; ; day = (day % 7) + 1) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}
