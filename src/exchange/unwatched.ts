import type { WaitWatch } from '../engine/ports.ts';

/** For requests nobody asks the time of. */
export const UNWATCHED: WaitWatch = { during: (_what, work) => work(), requested: () => undefined };
