import { DEFAULT_CAPS, type MigrationEndpoint } from './endpoint.ts';
import { CAPS, type Cap } from './fair-shares.ts';

/** How many syncs at a time an endpoint without numbers of its own may grow to: as Exchange Online allows one at most, and half of it. */
export const MOST: Readonly<Record<Cap, number>> = { initial: 100, incremental: 50 };
const MINUTE = 60_000;
/** Between two steps up, and so long all is quiet after trouble. */
const STEP_UP = 10 * MINUTE;
const QUIET = 30 * MINUTE;
/** Between two steps down: who was begun before the first one still waits. */
const STEP_DOWN = 2 * MINUTE;

/** A cap as it is now. Times in ms since 1970, UTC. */
export interface AdaptedCap {
  readonly cap: number;
  /** When it last changed. */
  readonly at: number;
  /** The latest trouble; none when absent. */
  readonly troubleAt?: number;
}
export type AdaptedCaps = Readonly<Record<Cap, AdaptedCap>>;

/** What the scheduler sees of one kind of sync at an endpoint. */
export interface CapSigns {
  /** Every place is taken and somebody waits. */
  readonly isFull: boolean;
  /** Syncs wait because the source does not take more. */
  readonly isTroubled: boolean;
}

/** Caps nobody changed yet. */
export function startCaps({ initial, incremental }: Pick<MigrationEndpoint, Cap>, now: number): AdaptedCaps {
  return { initial: { cap: initial, at: now }, incremental: { cap: incremental, at: now } };
}

/**
 * The cap for the next look. Where the operator gave a number, that is it: never above. Else it grows from the preset by a
 * quarter while all places are taken, and falls by a quarter when the source shows that it has enough; never below the
 * preset. Steps are rare, and rarer after trouble: what a step did has to be seen before the next one.
 */
export function nextCap(
  cap: Cap,
  endpoint: Pick<MigrationEndpoint, Cap | 'grows'>,
  before: AdaptedCap,
  { isFull, isTroubled }: CapSigns,
  now: number,
  timeScale = 1,
): AdaptedCap {
  const preset = endpoint[cap];
  if (endpoint.grows?.includes(cap) !== true) return before.cap === preset ? before : { cap: preset, at: before.at };
  const since = (now - before.at) * timeScale;
  if (isTroubled) {
    const troubled = { ...before, troubleAt: now };
    if (before.cap <= preset || since < STEP_DOWN) return troubled;
    return { cap: Math.max(preset, Math.floor(before.cap * 0.75)), at: now, troubleAt: now };
  }
  const isQuiet = before.troubleAt === undefined || (now - before.troubleAt) * timeScale >= QUIET;
  if (!isFull || !isQuiet || since < STEP_UP || before.cap >= MOST[cap]) return before;
  return { ...before, cap: Math.min(MOST[cap], Math.ceil(before.cap * 1.25)), at: now };
}

/** Syncs at a time an endpoint may have at most, now or later. */
export function mostAtOnce(endpoint: Pick<MigrationEndpoint, Cap | 'grows'>): number {
  return CAPS.reduce((sum, cap) => sum + (endpoint.grows?.includes(cap) === true ? MOST[cap] : endpoint[cap]), 0);
}

/** The caps that grow where the operator set no number: the presets are a beginning, a number is a promise. */
export function growingCaps(settings: { readonly [Name in Cap]?: number | undefined }): readonly Cap[] {
  // Incremental syncs may not exceed initial ones: with a number for those, neither grows.
  if (settings.initial !== undefined) return [];
  return CAPS.filter((cap) => settings[cap] === undefined && DEFAULT_CAPS[cap] < MOST[cap]);
}
