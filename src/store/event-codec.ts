import { z } from 'zod';
import type { EventBody, MigrationEvent } from '../engine/domain/events.ts';

// The envelope is checked, and the names a reader looks things up by; what else an event says is shown, not acted on.
const ENVELOPE = z.looseObject({
  type: z.string().regex(/^[A-Z][A-Za-z]{2,39}$/),
  at: z.number(),
  by: z.string().exactOptional(),
  batch: z.string().max(64).exactOptional(),
  endpoint: z.string().max(64).exactOptional(),
  user: z.string().max(320).exactOptional(),
});

/** Stamps events as JSON, ready for the stream. `at` in ms since 1970, UTC. */
export function stampEvents(events: readonly EventBody[], at: number, by: string | undefined): readonly string[] {
  return events.map((event) => JSON.stringify({ ...event, at, ...(by === undefined ? {} : { by }) }));
}

/** Reads an event; undefined when it is damaged. */
export function readEvent(text: string): MigrationEvent | undefined {
  try {
    const read = ENVELOPE.safeParse(JSON.parse(text));
    return read.success ? (read.data as unknown as MigrationEvent) : undefined;
  } catch {
    return undefined;
  }
}
