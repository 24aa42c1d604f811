import { routeMessage } from '../engine/domain/route-message.ts';
import type { ImportOutcome, MessageToImport, TargetMailbox } from '../engine/ports.ts';
import type { appendLane } from './append-lane.ts';
import type { graphLane } from './graph-lane.ts';

type ImportApi = Pick<TargetMailbox, 'importMessage' | 'importSome' | 'completeMessage'>;

/** Larger messages gain nothing from company (bytes), and together they would be long in memory. */
const SMALL = 32 * 1024;
const MOST_BYTES = 64 * 1024;

interface LaneChoice {
  readonly graphLane: ReturnType<typeof graphLane>;
  /** Undefined where the lane is switched off. */
  readonly appendLane: ReturnType<typeof appendLane> | undefined;
  readonly maxItemSize: number;
  /** How many small messages go well together now. */
  readonly together: () => number;
  readonly removeDuplicate: TargetMailbox['removeDuplicate'];
}

/** Sends each message over the lane that keeps most of it; what the append lane does not take goes as JSON, and says so. */
export function chooseLane({
  graphLane: graph,
  appendLane: append,
  maxItemSize,
  together,
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

  // The first ones that may share a request: small, of the JSON lane.
  function company(messages: readonly MessageToImport[]): readonly MessageToImport[] {
    const first = messages.slice(0, together());
    let bytes = 0;
    const end = first.findIndex((message) => {
      bytes += message.raw.length;
      return message.raw.length > SMALL || bytes > MOST_BYTES || isAppended(message);
    });
    return end < 0 ? first : first.slice(0, end);
  }

  return {
    importMessage,
    async importSome(folderId, messages, signal) {
      const few = company(messages);
      if (few.length > 1) return graph.importTogether(folderId, few, signal);
      return Promise.allSettled(messages.slice(0, 1).map((message) => importMessage(folderId, message, signal)));
    },
    async completeMessage(id, folderId, message, signal) {
      if (!isAppended(message)) return graph.completeMessage(id, message, signal);
      // It has its marker, so it is whole if it came by APPEND; if it came as JSON it may lack attachments, and is less than
      // the lane keeps. It is our own and still at the source: written again, it is whole either way.
      await removeDuplicate(id);
      return importMessage(folderId, message, signal);
    },
  };
}
