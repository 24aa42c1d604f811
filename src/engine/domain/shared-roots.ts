/** Where a row of a CSV finds its mail. */
interface RowSource {
  readonly row: number;
  readonly userName: string;
  readonly userRoot?: string;
}

/**
 * Several users of one login are told apart by UserRoot (Courier, Oracle): one of them without it would get the mail of
 * all of them, two with the same would get each other's, and one with a folder above another's would get both.
 */
export function rowsOfSharedRoots(rows: Iterable<RowSource>): readonly number[] {
  const rooted = new Set<string>();
  const above = new Set<string>();
  for (const { userName, userRoot } of rows) {
    if (userRoot === undefined) continue;
    rooted.add(userName);
    for (const path of foldersAbove(userRoot)) above.add(sourceOf(userName, path));
  }
  const first = new Map<string, number>();
  const shared: number[] = [];
  for (const { row, userName, userRoot } of rows) {
    if (!rooted.has(userName)) continue;
    const key = sourceOf(userName, withoutEnds(userRoot ?? ''));
    const isSame = first.has(key);
    if (!isSame) first.set(key, row);
    if (userRoot === undefined || isSame || above.has(key)) shared.push(row);
  }
  return shared;
}

/** What tells one source mailbox from another. */
export function sourceOf(userName: string, userRoot: string): string {
  return JSON.stringify([userName, userRoot]);
}

// Written with slashes, a dot is part of a name ("/users/anna.berg"); without any it may be the delimiter.
function foldersAbove(userRoot: string): readonly string[] {
  const path = withoutEnds(userRoot);
  const delimiter = path.includes('/') ? '/' : '.';
  const parts = path.split(delimiter);
  return parts.slice(1).map((_part, at) => parts.slice(0, at + 1).join(delimiter));
}

function withoutEnds(userRoot: string): string {
  return userRoot.replaceAll(/^\/+|\/+$/g, '');
}
