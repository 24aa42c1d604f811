/** Which mail is moved, by the day it was received (INTERNALDATE). ms since 1970 UTC; both ends belong to it. */
export interface ReceivedWindow {
  readonly since?: number;
  readonly until?: number;
}

/** The code of a message that stays behind because of its date: a batch with another window brings it. */
export const OUT_OF_WINDOW = 'OutOfWindow';

const DAY = 86_400_000;

/** Whether a message belongs to the window. A message without a date always does: nothing is left out by a guess. */
export function isWithin({ since, until }: ReceivedWindow, receivedAt: number | undefined): boolean {
  if (receivedAt === undefined) return true;
  return (since === undefined || receivedAt >= since) && (until === undefined || receivedAt <= until);
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
