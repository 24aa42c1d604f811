import { param } from '../graph/graph-call.ts';
import type { GraphAnswer, MailboxCall } from '../graph/graph-call.ts';
import { badRequest, GraphError } from '../graph/graph-error.ts';
import { mailRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { filteredProperties, matchesFilter } from '../odata/match-filter.ts';
import { linkWith, readQueryOptions } from '../odata/query-options.ts';
import type { QueryOptions } from '../odata/query-options.ts';
import { ROOT_FOLDER } from '../store/well-known-folders.ts';
import { findFolder } from './find-by-id.ts';
import { folderView } from './folder-routes.ts';
import { readableMessage } from './message-query.ts';
import { messageView } from './message-view.ts';

/** Delta queries, per folder and for the folders of a mailbox. They come before the routes with {message} and {folder}. */
export const DELTA_ROUTES: readonly Route[] = [
  mailRoute('GET', '/users/{user}/mailFolders/delta', folderDelta),
  mailRoute('GET', '/users/{user}/mailFolders/{folder}/messages/delta', messageDelta),
];

/** Where a round of delta stands: it shows changes after `since` up to `until`; `at` is the last one shown. */
interface DeltaState {
  readonly folder: number;
  readonly since: number;
  readonly until: number;
  readonly at: number;
}

interface Change {
  readonly sequence: number;
  readonly view: () => object;
}

const MAX_FILTERED = 5000;

function messageDelta(call: MailboxCall): GraphAnswer {
  const { mailbox, request, immutableIds } = call;
  const folder = findFolder(mailbox, param(call, 'folder'));
  const options = readQueryOptions(request);
  checkDeltaFilter(options);
  const state = readState(call, folder.number);
  const items = folder.items
    .values()
    .filter((item) => !options.filter || matchesFilter(options.filter, readableMessage(mailbox, item)));
  const changed: Change[] = [...items].map((item) => ({
    sequence: item.sequence,
    view: () => messageView(mailbox, item, { ...options, immutableIds }),
  }));
  if (options.filter && changed.length > MAX_FILTERED) changed.length = MAX_FILTERED;
  const returned = new Set(folder.items.keys());
  const removed: Change[] = folder.gone
    .filter(({ number }) => state.since > 0 && !(immutableIds && returned.has(number)))
    .map(({ number, generation, sequence }) => ({
      sequence,
      view: () => ({
        '@removed': { reason: 'deleted' },
        id: immutableIds ? mailbox.ids.immutableItem(number) : mailbox.ids.item(folder.number, number, generation),
      }),
    }));
  return deltaAnswer(call, options, state, [...changed, ...removed]);
}

function folderDelta(call: MailboxCall): GraphAnswer {
  const { mailbox, request } = call;
  const options = readQueryOptions(request);
  const state = readState(call, 0);
  const folders = mailbox.folders
    .values()
    .filter((folder) => folder.number !== ROOT_FOLDER && mailbox.isVisible(folder));
  const changed: Change[] = [...folders].map((folder) => ({
    sequence: Math.max(folder.sequence, folder.version),
    view: () => folderView(mailbox, folder, options.select),
  }));
  const removed: Change[] = mailbox.goneFolders
    .filter(() => state.since > 0)
    .map(({ number, sequence }) => ({
      sequence,
      view: () => ({ '@removed': { reason: 'deleted' }, id: mailbox.ids.folder(number) }),
    }));
  return deltaAnswer(call, options, state, [...changed, ...removed]);
}

/** A page of changes in the order they happened; the last page carries the link for the next round. */
function deltaAnswer(
  call: MailboxCall,
  options: QueryOptions,
  state: DeltaState,
  changes: readonly Change[],
): GraphAnswer {
  const { world, request } = call;
  const { deltaReplays } = world.faults.switches;
  const due = changes
    .filter(({ sequence }) => sequence > state.at && sequence <= state.until)
    .sort((left, right) => left.sequence - right.sequence);
  const page = due.slice(0, options.top);
  const replayed = page.filter(() => deltaReplays > 0 && world.random() < deltaReplays);
  const last = page.at(-1)?.sequence ?? state.until;
  const isLast = page.length === due.length;
  const next = isLast
    ? {
        '@odata.deltaLink': linkWith(world.origin, request, {
          $skiptoken: undefined,
          $deltatoken: write(call, { ...state, since: state.until, at: state.until }),
        }),
      }
    : {
        '@odata.nextLink': linkWith(world.origin, request, {
          $deltatoken: undefined,
          $skiptoken: write(call, { ...state, at: last }),
        }),
      };
  return {
    status: 200,
    json: {
      '@odata.context': `${world.origin}/v1.0/$metadata#Collection`,
      value: [...page, ...replayed].map(({ view }) => view()),
      ...next,
    },
  };
}

function readState(call: MailboxCall, folder: number): DeltaState {
  const { mailbox, request } = call;
  const skip = request.query.get('$skiptoken');
  const delta = request.query.get('$deltatoken');
  if (skip === null && delta === null) return { folder, since: 0, until: mailbox.sequence, at: 0 };
  const state = read(call, skip ?? delta ?? '');
  if (state.folder !== folder || state.until > mailbox.sequence) throw lostState();
  return skip === null ? { ...state, until: mailbox.sequence } : state;
}

function write({ user }: MailboxCall, { folder, since, until, at }: DeltaState): string {
  return Buffer.from([user.id, folder, since, until, at].join(' ')).toString('base64url');
}

function read({ user }: MailboxCall, token: string): DeltaState {
  const [owner, ...numbers] = Buffer.from(token, 'base64url').toString().split(' ');
  const [folder, since, until, at] = numbers.map(Number);
  if (
    owner !== user.id ||
    folder === undefined ||
    since === undefined ||
    until === undefined ||
    at === undefined ||
    numbers.some((text) => !/^\d+$/.test(text))
  ) {
    throw lostState();
  }
  return { folder, since, until, at };
}

function lostState(): GraphError {
  return new GraphError(410, 'syncStateNotFound', 'The sync state generation is not found.');
}

/** Delta takes `receivedDateTime ge/gt` and nothing else. */
function checkDeltaFilter({ filter, orderBy }: QueryOptions): void {
  const isDate = !filter || filteredProperties(filter).every((name) => name === 'receivedDateTime');
  const isOpenEnded = !filter || (filter.kind === 'compare' && (filter.operator === 'ge' || filter.operator === 'gt'));
  if (!isDate || !isOpenEnded)
    throw badRequest('Delta queries only support a $filter with receivedDateTime and ge or gt.');
  if (orderBy && (orderBy.property[0] !== 'receivedDateTime' || !orderBy.descending)) {
    throw badRequest('Delta queries only support $orderby=receivedDateTime desc.');
  }
}
