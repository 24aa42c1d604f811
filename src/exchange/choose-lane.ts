import { routeMessage } from '../engine/domain/route-message.ts';
import type { ImportOutcome, MessageToImport, TargetMailbox } from '../engine/ports.ts';
import type { appendLane } from './append-lane.ts';
import type { graphLane } from './graph-lane.ts';

type ImportApi = Pick<TargetMailbox, 'importMessage' | 'completeMessage'>;

interface LaneChoice {
  readonly graphLane: ReturnType<typeof graphLane>;
  /** Undefined where the lane is switched off. */
  readonly appendLane: ReturnType<typeof appendLane> | undefined;
  readonly maxItemSize: number;
  readonly removeDuplicate: TargetMailbox['removeDuplicate'];
}

/** Sends each message over the lane that keeps most of it; what the append lane does not take goes as JSON, and says so. */
export function chooseLane({
  graphLane: graph,
  appendLane: append,
  maxItemSize,
  removeDuplicate,
}: LaneChoice): ImportApi {
  const isAppended = (message: MessageToImport): boolean =>
    append !== undefined && message.raw.length <= maxItemSize && routeMessage(message.raw) !== undefined;

  async function importMessage(
    folderId: string,
    message: MessageToImport,
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    if (append === undefined || !isAppended(message)) return graph.importMessage(folderId, message, signal);
    const outcome = await append.importMessage(folderId, message, signal);
    if (outcome.outcome !== 'elsewhere') return outcome;
    const copied = await graph.importMessage(folderId, message, signal);
    if (copied.outcome !== 'imported') return copied;
    return {
      ...copied,
      notes: [...copied.notes, { kind: 'repaired', text: `copied without the append lane: ${outcome.why}` }],
    };
  }

  return {
    importMessage,
    async completeMessage(id, folderId, message, signal) {
      if (!isAppended(message)) return graph.completeMessage(id, message, signal);
      // It has its marker, so it is whole if it came by APPEND; if it came as JSON it may lack attachments, and is less than
      // the lane keeps. It is our own and still at the source: written again, it is whole either way.
      await removeDuplicate(id);
      return importMessage(folderId, message, signal);
    },
  };
}
