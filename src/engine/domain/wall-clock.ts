/** What a clock on the wall of a time zone shows. */
export interface WallTime {
  /** 2026-11-23 */
  readonly date: string;
  /** Minutes since midnight. */
  readonly minutes: number;
  /** 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly weekday: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The wall time of a moment (ms since 1970, UTC) in an IANA time zone, daylight saving included. */
export function wallTime(at: number, zone: string): WallTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minutes: Number(part('hour')) * 60 + Number(part('minute')),
    weekday: WEEKDAYS.indexOf(part('weekday')) + 1,
  };
}

/** Whether a name is a time zone this machine knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** "08:30" -> 510; undefined when it is no time of day. */
export function readTimeOfDay(text: string): number | undefined {
  const [, hours = '', minutes = '00'] = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text) ?? [];
  if (hours === '') return undefined;
  const value = Number(hours) * 60 + Number(minutes);
  return Number(hours) < 24 && Number(minutes) < 60 ? value : undefined;
}

/** 510 -> "08:30" */
export function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Hours in which nobody is disturbed, in minutes since midnight; may go over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** "20:00-07:00" */
export function readQuietHours(text: string): QuietHours | undefined {
  const [from = '', to = '', more] = text.split('-');
  const start = readTimeOfDay(from.trim());
  const end = readTimeOfDay(to.trim());
  return start === undefined || end === undefined || more !== undefined ? undefined : { from: start, to: end };
}

export function isQuiet({ minutes }: WallTime, quiet: QuietHours | undefined): boolean {
  if (quiet === undefined || quiet.from === quiet.to) return false;
  return quiet.from < quiet.to
    ? minutes >= quiet.from && minutes < quiet.to
    : minutes >= quiet.from || minutes < quiet.to;
}
