import type { ListResponse } from 'imapflow';
import { MigrationError } from '../engine/domain/failure.ts';
import type { ImapClient } from './imap-client.ts';
import { isRefusal } from './imap-failure.ts';

const FIND_DEADLINE = 60_000;

/** The folder of a login below which one user's mail lies, as the server writes its name. */
export interface UserRoot {
  readonly path: string;
  readonly delimiter: string;
}

/**
 * Finds the folder of the column UserRoot. People write "/users/anna" as Microsoft's page does, whatever the server's
 * delimiter is: taken as it stands first, then in the server's own writing. Throws UserRootMissing.
 */
export async function findUserRoot(client: ImapClient, text: string): Promise<UserRoot> {
  const { namespace } = client.flow;
  const delimiter = namespace?.delimiter ?? '/';
  const plain = text.split('/').filter((part) => part !== '').join(delimiter); // prettier-ignore
  const paths = [withoutEnd(text, delimiter), plain, `${namespace?.prefix ?? ''}${plain}`];
  for (const path of new Set(paths)) {
    if (path === '') continue;
    enterUserRoot(client, { path, delimiter });
    const root = { path, delimiter };
    const listed = await client.run('looking for UserRoot', FIND_DEADLINE, (flow) => flow.list());
    if ((await withRoot(client, belowUserRoot(listed, root), root)).length > 0) return root;
  }
  throw new MigrationError('UserRootMissing', { folder: text });
}

/**
 * Has the library list below the root alone: an administrator may see the folders of fifty thousand users. It puts the
 * personal prefix before every name that lacks it, so names of other people's folders would be changed otherwise.
 */
export function enterUserRoot({ flow }: ImapClient, { path, delimiter }: UserRoot): void {
  flow.namespace = { prefix: path, delimiter };
}

/** What was listed, without neighbours whose names begin alike and without the login's own inbox. */
export function belowUserRoot(listed: readonly ListResponse[], root: UserRoot): readonly ListResponse[] {
  return listed.map((each) => ({ ...each, path: listedPath(each) })).filter(({ path }) => isBelow(path, root));
}

/**
 * The root itself is a folder with mail, too, and some servers (Courier) leave it out of what lies below it. They are
 * asked for it: a user's whole inbox must not depend on how a server reads LIST.
 */
export async function withRoot(
  client: ImapClient,
  listed: readonly ListResponse[],
  { path, delimiter }: UserRoot,
): Promise<readonly ListResponse[]> {
  if (listed.some((each) => each.path === path)) return listed;
  const query = { messages: true, uidNext: true, uidValidity: true, highestModseq: true };
  const status = await client
    .run('looking at UserRoot', FIND_DEADLINE, (flow) => flow.status(path, query))
    .catch((error: unknown) => {
      // Refused: there is no such folder, or it holds no mail. A broken connection says nothing about it.
      if (error instanceof MigrationError && isRefusal(error.cause)) return undefined;
      throw error;
    });
  if (status === undefined || status === false) return listed;
  const root: ListResponse = {
    ...{ path, pathAsListed: path, name: path, delimiter, parent: [], parentPath: '' },
    ...{ flags: new Set<string>(), listed: true, subscribed: false, status },
  };
  return [root, ...listed];
}

/** Where a folder lies in its user's mailbox; the root itself, or an INBOX right below it, is the inbox. */
export function segmentsBelow(path: string, root: UserRoot): readonly string[] {
  if (path === root.path) return ['INBOX'];
  const segments = path.slice(root.path.length + root.delimiter.length).split(root.delimiter);
  return segments.length === 1 && segments[0]?.toUpperCase() === 'INBOX' ? ['INBOX'] : segments;
}

function isBelow(path: string, root: UserRoot): boolean {
  return path === root.path || path.startsWith(`${root.path}${root.delimiter}`);
}

// The library takes a delimiter at the beginning away, and the server does not know the name without it.
function listedPath({ path, pathAsListed, delimiter }: ListResponse): string {
  return delimiter !== undefined &&
    delimiter !== '' &&
    pathAsListed.startsWith(delimiter) &&
    !path.startsWith(delimiter)
    ? `${delimiter}${path}`
    : path;
}

function withoutEnd(text: string, delimiter: string): string {
  return text.endsWith(delimiter) || text.endsWith('/') ? text.slice(0, -1) : text;
}
