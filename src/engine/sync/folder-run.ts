import { type Origin, formatMarker } from '../domain/marker.ts';
import type { FolderStatus } from '../domain/mailbox.ts';
import type { FolderRoute } from '../domain/folder-plan.ts';
import type { SelectedFolder } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** One folder pair during one pass. */
export interface FolderRun {
  readonly route: FolderRoute;
  readonly path: string;
  readonly status: FolderStatus;
  readonly targetFolderId: string;
  /** The folder as selected at the source; readable until the next folder is selected. */
  readonly folder: SelectedFolder;
  /** Items in the target that carry this folder's markers, by UID; asked for only when the ledger knows nothing. */
  readonly adoptable: ReadonlyMap<number, { readonly id: string; readonly run: string }>;
  /** True when the ledger knows this folder at another UIDVALIDITY: its messages are recognised by their key. */
  readonly rematch: boolean;
  /** Runs under which messages were sent before: a message keeps its marker over all tries. */
  readonly runs: Map<number, string>;
  /** Messages found in the target that may lack attachments, by UID. */
  readonly incomplete: Map<number, string>;
  /** Messages sent again after the target did not know them. */
  readonly resent: Set<number>;
}

/** The marker of a message, the same at every try. */
export function markerOf(session: MailboxSession, run: FolderRun, uid: number): string {
  return formatMarker(originOf(session, run, uid), run.runs.get(uid) ?? session.run);
}

function originOf(session: MailboxSession, run: FolderRun, uid: number): Origin {
  return { login: session.user.userName, path: run.path, uidValidity: run.status.uidValidity, uid };
}
