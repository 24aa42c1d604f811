import type { MessageMeta } from './mailbox.ts';

/** Which mail a batch moves. Days by INTERNALDATE, ms since 1970 UTC, both ends belong to it; sizes in bytes. */
export interface MailFilter {
  readonly since?: number;
  readonly until?: number;
  readonly maxSize?: number;
}

/** Why a message stays behind; the code of its ledger entry. A batch with another filter brings it. */
export type LeftOut = 'OutOfWindow' | 'OverMaxSize';

export const LEFT_OUT: ReadonlySet<string> = new Set<LeftOut>(['OutOfWindow', 'OverMaxSize']);

const DAY = 86_400_000;

/** Undefined for mail that is moved. A message without a date is inside of every window: nothing is left out by a guess. */
export function leftOutBy(
  { since, until, maxSize }: MailFilter,
  { internalDate, size }: Pick<MessageMeta, 'internalDate' | 'size'>,
): LeftOut | undefined {
  if (maxSize !== undefined && size > maxSize) return 'OverMaxSize';
  if (internalDate === undefined) return undefined;
  if (since !== undefined && internalDate < since) return 'OutOfWindow';
  return until !== undefined && internalDate > until ? 'OutOfWindow' : undefined;
}

/** The first millisecond of a day given as YYYY-MM-DD (UTC); undefined when there is no such day. */
export function startOfDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 2025-02-30 for a day in March.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at;
}

/** The last millisecond of a day. */
export function endOfDay(text: string): number | undefined {
  const start = startOfDay(text);
  return start === undefined ? undefined : start + DAY - 1;
}

const UNITS: Readonly<Record<string, number>> = { kb: 1000, mb: 1_000_000, gb: 1_000_000_000 };

/** A size such as 25MB (decimal units, as mail programs count), in bytes. */
export function readSize(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,6}(?:[.,]\d{1,3})?)\s*(kb|mb|gb)$/i.exec(text.trim()) ?? [];
  const bytes = Number(amount.replace(',', '.')) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return bytes > 0 ? Math.round(bytes) : undefined;
}
