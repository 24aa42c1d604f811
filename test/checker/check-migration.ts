import { checkBatchBooks, checkBooks } from './check-books.ts';
import type { BatchBooks, UserBooks } from './check-books.ts';
import { checkManners } from './check-manners.ts';
import type { Manners } from './check-manners.ts';
import { comparePair } from './compare-pair.ts';
import { expectedPlaces, isAtPlace } from './expected-folder.ts';
import type { Finding, FindingCode } from './findings.ts';
import type { SourceAccess } from './imap-wire.ts';
import { pairMessages } from './pair-messages.ts';
import type { Pair } from './pair-messages.ts';
import { readExchangeStore } from './read-exchange-store.ts';
import { readSource } from './read-source.ts';
import type { SourceFolder, SourceMessage } from './read-source.ts';
import type { TargetItem } from './target-item.ts';

export interface CheckedUser {
  /** Login at the source, as it stands in the markers. */
  readonly login: string;
  readonly source: SourceAccess;
  /** Address of the target mailbox. */
  readonly target: string;
  /** Value every X-Owner header must have; the login when not given. */
  readonly owner?: string;
  /** What Bellhop says about this user. */
  readonly view?: UserBooks;
  /** What the local Exchange counted in this mailbox. */
  readonly manners?: Manners;
}

export interface CheckOptions {
  readonly users: readonly CheckedUser[];
  /** Folder of the local Exchange's files. */
  readonly exchangeDirectory: string;
  /** Messages that were declared not to be migrated: excluded folders, dates. */
  readonly isExcluded?: (message: SourceMessage) => boolean;
  readonly batch?: BatchBooks;
}

/** What was compared in one mailbox; the numbers of the table. */
export interface CheckedMailbox {
  readonly login: string;
  readonly folders: number;
  readonly source: number;
  readonly excluded: number;
  /** Skipped with a reason, according to Bellhop. */
  readonly skipped: number;
  readonly byMarker: number;
  readonly byContent: number;
  readonly lost: number;
  readonly doubled: number;
  /** Bellhop's items in Deleted Items whose message is gone at the source. */
  readonly removed: number;
  readonly foreign: number;
  readonly findings: readonly Finding[];
}

export interface CheckReport {
  readonly mailboxes: readonly CheckedMailbox[];
  readonly findings: readonly Finding[];
  /** Nothing lost, nothing doubled, nothing wrong. */
  readonly passed: boolean;
}

/**
 * Compares sources and targets after a migration, message by message. It reads both sides itself, shares no code with
 * the product, and believes Bellhop only the reasons for what it skipped.
 */
export async function checkMigration(options: CheckOptions): Promise<CheckReport> {
  const mailboxes: CheckedMailbox[] = [];
  for (const user of options.users) {
    const folders = await readSource(user.source);
    const items = readExchangeStore(options.exchangeDirectory, user.target);
    mailboxes.push(checkMailbox(user, folders, items, options.isExcluded ?? (() => false)));
  }
  const views = options.users.flatMap(({ view }) => (view === undefined ? [] : [view]));
  const ofBatch = options.batch === undefined ? [] : checkBatchBooks(options.batch, views);
  const findings = [...mailboxes.flatMap((mailbox) => mailbox.findings), ...ofBatch];
  return { mailboxes, findings, passed: findings.length === 0 };
}

/** The same for one mailbox, when both sides have been read. */
export function checkMailbox(
  user: CheckedUser,
  folders: readonly SourceFolder[],
  items: readonly TargetItem[],
  isExcluded: (message: SourceMessage) => boolean,
): CheckedMailbox {
  const { login, view } = user;
  const places = expectedPlaces(folders);
  const isRightFolder = (message: SourceMessage, item: TargetItem): boolean => {
    const place = places.get(message.path);
    return place !== undefined && isAtPlace(item, place);
  };
  const messages = folders.flatMap((folder) => folder.messages);
  const pairing = pairMessages(messages, items, login, isRightFolder);
  const skipped = new Set(view?.skipped?.map(({ folder, uid }) => `${folder}|${uid}`));
  const missing = pairing.lost.filter((message) => !isExcluded(message));
  const lost = missing.filter(({ path, uid }) => !skipped.has(`${path}|${uid}`));

  const findings: Finding[] = [];
  const add = (code: FindingCode, where: string, detail: string): void =>
    void findings.push({ code, user: login, where, detail });
  for (const message of lost) add('lost', nameOf(message), message.subject ?? '');
  const inPlace = pairing.pairs.filter(({ source, target }) => isRightFolder(source, target));
  for (const pair of pairing.pairs) {
    if (!isRightFolder(pair.source, pair.target)) add('wrong-folder', nameOf(pair.source), placeOf(pair.target));
    for (const [code, detail] of comparePair(pair, user.owner ?? login)) add(code, nameOf(pair.source), detail);
  }
  for (const item of pairing.doubled) add('doubled', placeOf(item), `${item.marker}: ${item.subject}`);
  const left = pairing.orphans.filter(
    ({ anchor }) => anchor !== 'deleteditems' && anchor !== 'recoverableitemsdeletions',
  );
  for (const item of left) add('not-at-source', placeOf(item), `${item.marker}: ${item.subject}`);
  findings.push(...mergedFolders(login, inPlace));
  if (user.manners !== undefined) findings.push(...checkManners(user.target, user.manners));
  const inTarget = pairing.pairs.length;
  if (view !== undefined) findings.push(...checkBooks(view, { source: messages.length, inTarget, lost: lost.length }));

  return {
    login,
    folders: folders.length,
    source: messages.length,
    excluded: pairing.lost.length - missing.length,
    skipped: missing.length - lost.length,
    byMarker: pairing.pairs.filter(({ by }) => by === 'marker').length,
    byContent: pairing.pairs.filter(({ by }) => by === 'content').length,
    lost: lost.length,
    doubled: pairing.doubled.length,
    removed: pairing.orphans.length - left.length,
    foreign: pairing.foreign.length,
    findings,
  };
}

/** Two folders of the source must not end in one of the target. */
function mergedFolders(login: string, pairs: readonly Pair[]): readonly Finding[] {
  const sources = new Map<string, Set<string>>();
  for (const { source, target } of pairs) {
    const place = placeOf(target);
    sources.set(place, (sources.get(place) ?? new Set()).add(source.path));
  }
  return [...sources]
    .filter(([, paths]) => paths.size > 1)
    .map(([place, paths]) => ({ code: 'folders-merged', user: login, where: place, detail: [...paths].join(', ') }));
}

function nameOf({ path, uid }: SourceMessage): string {
  return `${path} UID ${uid}`;
}

function placeOf({ anchor, names }: TargetItem): string {
  return [...(anchor === undefined ? [] : [`<${anchor}>`]), ...names].join(' > ') || '<root>';
}
