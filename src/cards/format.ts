import type { Language } from './text/language.ts';

/** Numbers, sizes and times as people read them; figures are exact in rows and short in tiles. */

const GROUP: Readonly<Record<Language, string>> = { en: ',', de: '.' };
const POINT: Readonly<Record<Language, string>> = { en: '.', de: ',' };
const MILLION: Readonly<Record<Language, string>> = { en: 'M', de: 'Mio' };
const DAYS_UNIT: Readonly<Record<Language, string>> = { en: 'days', de: 'Tage' };

/** 1,284,310; in German 1.284.310 */
export function count(value: number, language: Language = 'en'): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, GROUP[language]);
}

/** At most eight characters: 9,999, 12.4 k, 1.49 M; in German 1,49 Mio. */
export function short(value: number, language: Language = 'en'): string {
  if (value < 100_000) return count(value, language);
  if (value < 1_000_000) return `${(value / 1000).toFixed(0)} k`;
  return `${fixed(value / 1_000_000, 2, language)} ${MILLION[language]}`;
}

function fixed(value: number, digits: number, language: Language): string {
  return value.toFixed(digits).replace('.', POINT[language]);
}

/** Decimal sizes: 88 GB, 5.0 MB, 512 kB. */
export function bytes(value: number, language: Language = 'en'): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const figure = size >= 10 || unit === 0 ? String(Math.round(size)) : fixed(size, 1, language);
  return `${figure} ${units[unit] ?? ''}`;
}

/** 42 items/s, 5.0 MB/s */
export function rate(items: number, perSecond: number | undefined, language: Language = 'en'): string {
  const figure = items >= 10 ? String(Math.round(items)) : fixed(items, 1, language);
  const volume = perSecond === undefined ? '' : `, ${bytes(perSecond, language)}/s`;
  return `${figure} ${language === 'de' ? 'Elemente' : 'items'}/s${volume}`;
}

/** A forecast is rounded: 40 s, 5 min, 3 h, 2 days. */
export function duration(seconds: number, language: Language = 'en'): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} ${DAYS_UNIT[language]}`;
}

/** 64% — never 100% before everything is done, never 0% once something is. German: 64 %. */
export function percent(part: number, whole: number, language: Language = 'en'): string {
  const sign = language === 'de' ? '\u00a0%' : '%';
  if (whole === 0) return `0${sign}`;
  const value = (part / whole) * 100;
  if (value > 99 && value < 100) return `99${sign}`;
  return `${value > 0 && value < 1 ? '1' : Math.round(value)}${sign}`;
}

const DAYS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  de: ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'],
};
const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  de: ['Jan.', 'Feb.', 'März', 'Apr.', 'Mai', 'Juni', 'Juli', 'Aug.', 'Sept.', 'Okt.', 'Nov.', 'Dez.'],
};

/** An ISO time: "16:00 UTC" today, "Tue 16:12 UTC" within six days, else "Sat 28 Nov 16:12 UTC". `now` is an ISO time, too. */
export function clock(iso: string, now: string, language: Language = 'en'): string {
  const at = new Date(iso);
  const time = `${iso.slice(11, 16)} UTC`;
  if (iso.slice(0, 10) === now.slice(0, 10)) return time;
  const days = Math.abs(at.getTime() - new Date(now).getTime()) / 86_400_000;
  return days < 6 ? `${weekday(iso, language)} ${time}` : `${weekday(iso, language)} ${day(iso, language)} ${time}`;
}

/** "Mon", "Mo" */
export function weekday(iso: string, language: Language = 'en'): string {
  return DAYS[language][new Date(iso).getUTCDay()] ?? '';
}

/** "23 Nov", "23. Nov." */
export function day(iso: string, language: Language = 'en'): string {
  const at = new Date(iso);
  return `${at.getUTCDate()}${language === 'de' ? '.' : ''} ${MONTHS[language][at.getUTCMonth()] ?? ''}`;
}

/** "1 user", "12 users" */
export function plural(value: number, one: string, many = `${one}s`, language: Language = 'en'): string {
  return `${count(value, language)} ${value === 1 ? one : many}`;
}

/** SyncedWithErrors -> "Synced with errors" */
export function words(status: string): string {
  const spaced = status.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return spaced.charAt(0) + spaced.slice(1).toLowerCase();
}

/** "2026-11-23 12:57": a time of a record, which outlives its year; UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
