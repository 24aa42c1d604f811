import { imbalance } from '../engine/domain/items.ts';
import type { UserStatus } from '../engine/domain/migration-user.ts';
import type { FolderView, UserView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Run,
  type Tone,
  band,
  bar,
  card,
  facts,
  fromOutside,
  line,
  markRow,
  panel,
  section,
  small,
  subtle,
  tiles,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { findingsSection } from './findings-section.ts';
import { liveSection } from './live-section.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { scoreSection } from './score-section.ts';
import { etaText, heldBackLine, speedLine } from './speed-lines.ts';

const USER_TONE: Readonly<Record<UserStatus, Tone>> = {
  Validating: 'waiting',
  Queued: 'waiting',
  Syncing: 'running',
  Synced: 'done',
  IncrementalSyncing: 'running',
  IncrementalFailed: 'attention',
  Stopping: 'stopped',
  Stopped: 'stopped',
  Failed: 'failed',
  Completing: 'running',
  Completed: 'done',
  CompletedWithWarnings: 'attention',
  Removing: 'stopped',
};

/** One user: the fields of Get-MigrationUser that matter, folders with differences first, the score with its reasons. */
export function userCard(view: UserView, locale: Locale = ENGLISH): Card {
  const { t, count, short, percent } = locale;
  const { identity, batchId, status, items } = view;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.user.what(escapeMarkdown(foreign(batchId, 40))),
      tone: toneOf(view),
      state: stateWord(status, locale),
      name: identity,
      sentence: sentenceOf(view, locale),
    }),
    isRunning(status) && items.source > 0
      ? bar(
          [{ share: (items.source - items.pending) / items.source, color: 'Accent' }],
          percent(items.source - items.pending, items.source),
          t.batch.ofMessages(count(items.source - items.pending), count(items.source)),
        )
      : undefined,
    tiles([
      { value: short(view.syncedItemCount), label: t.user.inTarget },
      {
        value: short(view.skippedItemCount + items.failed),
        label: t.user.skippedOrFailed,
        alarming: view.skippedItemCount + items.failed > 0,
      },
      { value: short(items.pending), label: t.user.pending },
    ]),
    view.error === null
      ? undefined
      : panel(
          t.user.howToFix,
          line(fromOutside(locale.failure(view.error).message, 300)),
          markRow('plain', [fromOutside(locale.failure(view.error).remedy, 240)]),
        ),
    speedSection(view, locale),
    liveSection(view.live, view.asOf, locale),
    folderSection(view.folders, locale),
    skippedSection(view, locale),
    scoreSection(view.dataConsistencyScore, view.reasons, locale),
    findingsSection(view.findings, locale),
    imbalance(items) === 0 ? undefined : panel(t.books.difference(Math.abs(imbalance(items)))),
    small(footer(view, locale)),
  ];
  return card(fallback(view, locale), body, buttons(view, locale));
}

function toneOf({ status, skippedItemCount, items }: UserView): Tone {
  return status === 'Synced' && skippedItemCount + items.failed > 0 ? 'attention' : USER_TONE[status];
}

function stateWord(status: UserStatus, { t }: Locale): string {
  return status === 'Validating' ? t.user.notStarted : t.status(status);
}

function sentenceOf(view: UserView, locale: Locale): string {
  const { t, clock } = locale;
  const { status, items, lastSuccessfulSyncTime, asOf, error } = view;
  const left = etaText(view, locale);
  const last = lastSuccessfulSyncTime === null ? '' : t.user.lastSync(clock(lastSuccessfulSyncTime, asOf));
  const out = items.skipped + items.failed;
  switch (status) {
    case 'Synced':
    case 'Completed':
      return `${out === 0 ? t.user.all : t.user.allExcept(out)}${last}`;
    case 'Syncing':
    case 'IncrementalSyncing':
      if (error !== null) return t.user.waiting(escapeMarkdown(foreign(locale.failure(error).message, 160)));
      return `${left === undefined ? t.user.reading : t.user.toGo(left)}${last}`;
    case 'Failed':
    case 'IncrementalFailed':
      return `${t.user.needsPerson}${last}`;
    case 'Queued':
      if (view.workerCount === 0) return t.user.noWorker;
      return view.readyTime === null ? t.user.queued : t.user.queuedForRest(clock(view.readyTime, asOf));
    case 'Stopped':
      return `${t.user.stopped}${last}`;
    case 'Validating':
      return t.user.withBatch;
    default:
      return `${t.user.soFar(view.syncedItemCount)}${last}`;
  }
}

const MOST_FOLDERS = 12;

// Folders with a difference come first; the long tail of equal ones is a count.
function folderSection(folders: readonly FolderView[], locale: Locale): CardElement | undefined {
  const { t } = locale;
  if (folders.length === 0) return undefined;
  const sorted = [...folders].sort((a, b) => Number(differs(b)) - Number(differs(a)) || b.sourceItems - a.sourceItems);
  const rows = sorted.slice(0, MOST_FOLDERS).map((folder) => folderRow(folder, locale));
  const more =
    sorted.length > MOST_FOLDERS ? [markRow('plain', [moreFolders(sorted.slice(MOST_FOLDERS), differs, t)])] : [];
  return section(t.user.folders, ...rows, ...more);
}

function differs({ error, targetItems, excluded, sourceItems }: FolderView): boolean {
  return error !== null || targetItems + excluded < sourceItems;
}

function moreFolders(rest: readonly FolderView[], differs: (folder: FolderView) => boolean, t: Locale['t']): string {
  return rest.some(differs) ? t.user.moreDifferent(rest.length) : t.user.moreFolders(rest.length);
}

function folderRow(
  { source, target, sourceItems, targetItems, excluded, error }: FolderView,
  { t, count }: Locale,
): CardElement {
  const name: Run[] = [fromOutside(source, 40)];
  if (target !== '' && target !== source && target.replaceAll(' / ', '/') !== source)
    name.push(subtle(` → ${foreign(target, 40)}`));
  if (error !== null) return markRow('failed', name, t.user.notOpened);
  if (excluded > 0 && excluded === sourceItems) return markRow('waiting', name, t.user.excluded(count(excluded)));
  if (targetItems < sourceItems) return markRow('attention', name, t.user.of(count(targetItems), count(sourceItems)));
  return markRow('done', name, count(targetItems));
}

function skippedSection({ skipped }: UserView, { t, reason }: Locale): CardElement | undefined {
  if (skipped.length === 0) return undefined;
  const rows = skipped.slice(0, 4).map((item) => markRow('plain', [fromOutside(reason(item), 160)]));
  const more = skipped.length > 4 ? [markRow('plain', [t.user.moreMessages(skipped.length - 4)])] : [];
  return section(t.user.notInTarget, ...rows, ...more);
}

// While it runs: how fast, and where the time went since it was due.
function speedSection(view: UserView, locale: Locale): CardElement | undefined {
  if (!isRunning(view.status)) return undefined;
  const { t } = locale;
  const rows = [
    [t.batch.rate, speedLine(view, locale)],
    [t.speed.heldBack, heldBackLine(view, undefined, locale)],
  ] as const;
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return known.length === 0 ? undefined : section(t.batch.pace, facts(known));
}

function footer(view: UserView, { t, bytes, clock }: Locale): string {
  const { bytesTransferred, status, nextSyncTime, userName, asOf } = view;
  const next = nextSyncTime === null || isRunning(status) ? '' : t.user.nextSync(clock(nextSyncTime, asOf));
  return `${escapeMarkdown(foreign(userName, 60))} · ${t.user.copied(bytes(bytesTransferred))}${next}`;
}

function buttons(view: UserView, { t }: Locale): readonly Button[] {
  const { identity, batchId, supportedActions } = view;
  const can = new Set(supportedActions);
  const target = identity;
  const list: (Button | false)[] = [
    can.has('SyncNow') && !can.has('Start') && { title: t.buttons.syncNow, action: { verb: 'syncNow', target } },
    can.has('Start') && { title: t.buttons.resumeUser, action: { verb: 'resumeUser', target } },
    can.has('Stop') && { title: t.buttons.stopUser, action: { verb: 'stopUser', target } },
    view.skipped.length > 0 && { title: t.buttons.skipped, action: { verb: 'skipped', target } },
    { title: t.buttons.showBatch, action: { verb: 'status', target: batchId }, secondary: true },
  ];
  return list.filter((button) => button !== false);
}

function isRunning(status: UserStatus): boolean {
  return status === 'Syncing' || status === 'IncrementalSyncing' || status === 'Stopping';
}

function fallback(view: UserView, { t, count }: Locale): string {
  const { identity, status, syncedItemCount, skippedItemCount, items, dataConsistencyScore } = view;
  const numbers = [syncedItemCount, skippedItemCount, items.pending].map(count);
  const [target = '', skipped = '', pending = ''] = numbers;
  const score = dataConsistencyScore === null ? '' : t.batch.score(dataConsistencyScore);
  return `${t.user.fallback(identity, t.status(status), target, skipped, pending)}${score} ${t.write(`status ${identity}`)}`;
}
