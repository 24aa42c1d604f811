/**
 * The marker every imported item carries in the target, as one named MAPI property. It makes CREATE repeatable, the
 * ledger rebuildable and a second batch free of duplicates.
 */
export const MARKER_PROPERTY_ID = 'String {8f1d2c0e-6b1a-4f43-9f0e-0b5a3c7f6d10} Name BellhopSource';

/** Where an item came from: the identity of a message at the source. */
export interface Origin {
  /** Login at the source, as in the CSV. */
  readonly login: string;
  /** Folder path as the server names it. */
  readonly path: string;
  readonly uidValidity: string;
  readonly uid: number;
}

/** `<login>|<folder>|<UIDVALIDITY>|<UID>|<run>` */
export function formatMarker(origin: Origin, run: string): string {
  return `${folderMarkerPrefix(origin.login, origin.path, origin.uidValidity)}${origin.uid}|${run}`;
}

const STAND_IN = '-stand-in';

/** The run of a message that is too large: what carries its marker is a stand-in, now and after a lost ledger. */
export function standInRun(run: string): string {
  return isStandInRun(run) ? run : `${run}${STAND_IN}`;
}

export function isStandInRun(run: string | undefined): boolean {
  return run?.endsWith(STAND_IN) === true;
}

/** What all markers of one folder (at one UIDVALIDITY) start with. */
export function folderMarkerPrefix(login: string, path: string, uidValidity: string): string {
  return `${login}|${path}|${uidValidity}|`;
}

/** Reads the UID and run of a marker that starts with the prefix; undefined for foreign or damaged markers. */
export function readMarker(marker: string, prefix: string): { readonly uid: number; readonly run: string } | undefined {
  if (!marker.startsWith(prefix)) return undefined;
  const [uid, run, ...rest] = marker.slice(prefix.length).split('|');
  if (uid === undefined || run === undefined || rest.length > 0 || !/^[1-9]\d{0,9}$/.test(uid)) return undefined;
  return { uid: Number(uid), run };
}
