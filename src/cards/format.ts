/** Numbers, sizes and times as people read them in English; figures are exact in rows and short in tiles. */

/** 1,284,310 */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** At most six characters: 9,999, 12.4 k, 1.49 M. */
export function short(value: number): string {
  if (value < 100_000) return count(value);
  if (value < 1_000_000) return `${(value / 1000).toFixed(0)} k`;
  return `${(value / 1_000_000).toFixed(2)} M`;
}

/** Decimal sizes: 88 GB, 5.0 MB, 512 kB. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** 42 items/s, 5.0 MB/s */
export function rate(items: number, perSecond: number): string {
  return `${items >= 10 ? Math.round(items) : items.toFixed(1)} items/s, ${bytes(perSecond)}/s`;
}

/** A forecast is rounded: 40 s, 5 min, 3 h, 2 days. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** 64% — never 100% before everything is done, never 0% once something is. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0%';
  const value = (part / whole) * 100;
  if (value > 99 && value < 100) return '99%';
  return `${value > 0 && value < 1 ? '1' : Math.round(value)}%`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An ISO time: "16:00 UTC" today, "Tue 16:12 UTC" within six days, else "Sat 28 Nov 16:12 UTC". `now` is an ISO time, too. */
export function clock(iso: string, now: string): string {
  const at = new Date(iso);
  const time = `${iso.slice(11, 16)} UTC`;
  if (iso.slice(0, 10) === now.slice(0, 10)) return time;
  const day = DAYS[at.getUTCDay()] ?? '';
  const days = Math.abs(at.getTime() - new Date(now).getTime()) / 86_400_000;
  return days < 6 ? `${day} ${time}` : `${day} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${time}`;
}

/** "1 user", "12 users" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** SyncedWithErrors -> "Synced with errors" */
export function words(status: string): string {
  const spaced = status.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return spaced.charAt(0) + spaced.slice(1).toLowerCase();
}
