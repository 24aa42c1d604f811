import { z } from 'zod';
import type { Checkpoint } from '../engine/ports.ts';

const CHECKPOINT: z.ZodType<Checkpoint> = z.looseObject({
  uidValidity: z.string(),
  uidNext: z.number(),
  exists: z.number(),
  highestModseq: z.string().exactOptional(),
  targetFolderId: z.string(),
  complete: z.boolean(),
});

/** Reads a stored checkpoint. A damaged one is none: the folder is gone through again, which costs time only. */
export function readCheckpoint(text: unknown): Checkpoint | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const read = CHECKPOINT.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
