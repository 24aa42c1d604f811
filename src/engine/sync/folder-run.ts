import { type Origin, folderMarkerPrefix, formatMarker, readMarker } from '../domain/marker.ts';
import type { FolderStatus } from '../domain/mailbox.ts';
import type { FolderRoute } from '../domain/folder-plan.ts';
import type { LedgerEntry, SelectedFolder } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** One folder pair during one pass. */
export interface FolderRun {
  readonly route: FolderRoute;
  readonly path: string;
  readonly status: FolderStatus;
  readonly targetFolderId: string;
  /** Names the folder had before: markers may say them. */
  readonly formerPaths: readonly string[];
  /** The folder as selected at the source; readable until the next folder is selected. */
  readonly folder: SelectedFolder;
  /** Runs under which messages were sent before: a message keeps its marker over all tries. */
  readonly runs: Map<number, string>;
  /** Messages found in the target that may lack attachments, by UID. */
  readonly incomplete: Map<number, string>;
  /** Messages sent again after the target did not know them. */
  readonly resent: Set<number>;
}

/** As much of a folder pair as is needed to find its items; the folder may not be at the source any more. */
export type FolderPlace = Pick<FolderRun, 'path' | 'targetFolderId' | 'formerPaths' | 'runs'> & {
  readonly status: Pick<FolderStatus, 'uidValidity'>;
};

/** A message of the ledger with the place it was at in the source. */
export type Known = LedgerEntry & { readonly path: string; readonly uidValidity: string };

/** The marker of a message, the same at every try. */
export function markerOf(session: MailboxSession, run: FolderPlace, uid: number): string {
  return formatMarker(originOf(session, run, uid), run.runs.get(uid) ?? session.run);
}

/** Markers under which a message may have been sent before its folder got the name it has now. */
export function formerMarkersOf(session: MailboxSession, run: FolderPlace, uid: number): readonly string[] {
  const sentIn = run.runs.get(uid) ?? session.run;
  return run.formerPaths.map((path) => formatMarker({ ...originOf(session, run, uid), path }, sentIn));
}

/** Whether an item carries the marker of this very message, under any name its folder had: then it is ours to remove. */
export function isMarkedAs(
  session: MailboxSession,
  marker: string | undefined,
  known: Pick<Known, 'path' | 'uidValidity' | 'uid'>,
  formerPaths: readonly string[],
): boolean {
  if (marker === undefined) return false;
  return [known.path, ...formerPaths].some((path) => {
    const prefix = folderMarkerPrefix(session.user.userName, path, known.uidValidity);
    return readMarker(marker, prefix)?.uid === known.uid;
  });
}

/** Whether an item was brought from this source mailbox at all. */
export function isOurs(session: MailboxSession, marker: string | undefined): boolean {
  return marker?.startsWith(`${session.user.userName}|`) === true;
}

function originOf(session: MailboxSession, run: FolderPlace, uid: number): Origin {
  return { login: session.user.userName, path: run.path, uidValidity: run.status.uidValidity, uid };
}
