import type { SelectedFolder, SourceMailbox, WaitWatch } from '../ports.ts';

/** The same mailbox; whoever waits for an answer of it is seen to. */
export function timedSource(source: SourceMailbox, watch: WaitWatch): SourceMailbox {
  const wait = <Result>(ask: () => Promise<Result>): Promise<Result> => watch.during('source', ask);
  const timedFolder = (folder: SelectedFolder): SelectedFolder => ({
    path: folder.path,
    status: folder.status,
    uids: () => wait(() => folder.uids()),
    metadata: (uids) => wait(() => folder.metadata(uids)),
    changes: (since) => wait(() => folder.changes(since)),
    flagState: () => wait(() => folder.flagState()),
    summaries: (uids) => wait(() => folder.summaries(uids)),
    keyHeaders: (uids) => wait(() => folder.keyHeaders(uids)),
    headers: (uids) => wait(() => folder.headers(uids)),
    contents: (window) => wait(() => folder.contents(window)),
  });
  return {
    can: source.can,
    listFolders: () => wait(() => source.listFolders()),
    select: async (folder, uidValidity) => timedFolder(await wait(() => source.select(folder, uidValidity))),
    waitForNews: (folder, ms) => source.waitForNews(folder, ms),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
