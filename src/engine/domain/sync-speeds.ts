import type { Speeds } from './close-out.ts';
import type { MigrationEvent } from './events.ts';

export interface SyncSpeeds {
  /** Takes the next event of one batch, in the order of the log. */
  take(event: MigrationEvent): void;
  /** The first sync of a user, as far as the log knows it. */
  firstSyncOf(
    user: string,
  ): { readonly started: string; readonly finished: string; readonly messages: number } | undefined;
  total(bytesTransferred: number): Speeds;
}

/** Measures syncs by their events, from the one that says it began to the one that says it is synced. A sync whose beginning is not in the log any more counts for nothing. */
export function syncSpeeds(): SyncSpeeds {
  const begun = new Map<string, number>();
  const first = new Map<string, { started: number; finished: number; messages: number }>();
  /** Of users whose newest mail is there and whose rest comes later. */
  const begunBefore = new Map<string, { started: number; messages: number }>();
  let syncs = 0;
  let ms = 0;
  return {
    take(event) {
      if (event.type === 'UserSyncStarted') {
        // A sync that a worker took over from one that died began when the first one began.
        if (!begun.has(event.user)) begun.set(event.user, event.at);
      } else if (event.type === 'UserSyncFailed' || event.type === 'UserStopped' || event.type === 'UserSyncDelayed') {
        begun.delete(event.user);
      } else if (event.type === 'UserReady' && event.later) {
        const started = begun.get(event.user);
        begun.delete(event.user);
        if (started === undefined) return;
        ms += event.at - started;
        begunBefore.set(event.user, { started, messages: event.copied });
      } else if (event.type === 'UserSynced') {
        const started = begun.get(event.user);
        begun.delete(event.user);
        if (started === undefined) return;
        syncs += 1;
        ms += event.at - started;
        if (event.initial && !first.has(event.user))
          first.set(event.user, {
            started: begunBefore.get(event.user)?.started ?? started,
            finished: event.at,
            messages: event.copied + (begunBefore.get(event.user)?.messages ?? 0),
          });
      }
    },
    firstSyncOf(user) {
      const found = first.get(user);
      if (found === undefined) return undefined;
      return { started: iso(found.started), finished: iso(found.finished), messages: found.messages };
    },
    total(bytesTransferred) {
      let [from, to, messages] = [Infinity, -Infinity, 0];
      for (const each of first.values()) {
        from = Math.min(from, each.started);
        to = Math.max(to, each.finished);
        messages += each.messages;
      }
      const known = first.size > 0;
      return {
        firstSyncStarted: known ? iso(from) : null,
        firstSyncFinished: known ? iso(to) : null,
        firstSyncMessages: messages,
        firstSyncMessagesPerSecond: known && to > from ? tenths(messages / ((to - from) / 1000)) : null,
        bytesTransferred,
        syncs,
        syncSeconds: tenths(ms / 1000),
        bytesPerSecondOfOneMailbox: ms > 0 ? Math.round(bytesTransferred / (ms / 1000)) : null,
      };
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
