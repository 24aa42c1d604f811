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

/**
 * A moment as people write it, `2026-12-05T20:00`, `2026-12-05 20:00` (in the given zone), with `Z` or `+01:00` (in that one):
 * ms since 1970 UTC. Undefined when it is none, or falls into the hour a clock skips in spring.
 */
export function readMoment(text: string, zone: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}[:.]\d{2})(?::([0-5]\d))?(Z|[+-]\d{2}:?\d{2})?$/.exec(text.trim());
  const [, date = '', time = '', seconds = '0', offset] = match ?? [];
  const minutes = readTimeOfDay(time);
  if (minutes === undefined) return undefined;
  const asUtc = Date.parse(`${date}T${timeOfDay(minutes)}:00${offset ?? 'Z'}`);
  if (Number.isNaN(asUtc)) return undefined;
  const rest = Number(seconds) * 1000;
  if (offset !== undefined) return asUtc + rest;
  // The zone's distance from UTC is asked for where it is needed: on the other side of the guess it may be another one.
  for (const near of [asUtc, asUtc - distanceOf(asUtc, zone)]) {
    const at = asUtc - distanceOf(near, zone);
    const wall = wallTime(at, zone);
    if (wall.date === date && wall.minutes === minutes) return at + rest;
  }
  return undefined;
}

/** ms the wall clock of a zone is ahead of UTC at a moment. */
function distanceOf(at: number, zone: string): number {
  const { date, minutes } = wallTime(at, zone);
  return Date.parse(`${date}T${timeOfDay(minutes)}:00Z`) - Math.floor(at / 60_000) * 60_000;
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
