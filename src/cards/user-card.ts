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
  fromOutside,
  markRow,
  panel,
  section,
  small,
  subtle,
  text,
  tiles,
} from './elements.ts';
import { bytes, clock, count, duration, percent, plural, rate, short, words } from './format.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { scoreSection } from './score-section.ts';

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
export function userCard(view: UserView): Card {
  const { identity, batchId, status, items } = view;
  const body: (CardElement | undefined)[] = [
    band({
      what: `Migration user · batch ${escapeMarkdown(batchId)}`,
      tone: toneOf(view),
      state: stateWord(status),
      name: identity,
      sentence: sentenceOf(view),
    }),
    isRunning(status) && items.source > 0
      ? bar(
          [{ share: (items.source - items.pending) / items.source, color: 'Accent' }],
          percent(items.source - items.pending, items.source),
          `${count(items.source - items.pending)} of ${count(items.source)} messages`,
        )
      : undefined,
    tiles([
      { value: short(view.syncedItemCount), label: 'In the target' },
      {
        value: short(view.skippedItemCount + items.failed),
        label: 'Skipped or failed',
        alarming: view.skippedItemCount + items.failed > 0,
      },
      { value: short(items.pending), label: 'Pending' },
    ]),
    view.error === null
      ? undefined
      : panel(
          'How to fix it',
          text(escapeMarkdown(foreign(view.error.message, 300)), { spacing: 'Small' }),
          markRow('plain', [fromOutside(view.error.remedy, 240)]),
        ),
    folderSection(view.folders),
    skippedSection(view),
    scoreSection(view.dataConsistencyScore, view.reasons),
    imbalance(items) === 0 ? undefined : panel(`${plural(Math.abs(imbalance(items)), 'message')} not accounted for`),
    small(footer(view)),
  ];
  return card(fallback(view), body, buttons(view));
}

function toneOf({ status, skippedItemCount, items }: UserView): Tone {
  return status === 'Synced' && skippedItemCount + items.failed > 0 ? 'attention' : USER_TONE[status];
}

function stateWord(status: UserStatus): string {
  return status === 'Validating' ? 'Not started' : words(status);
}

function sentenceOf(view: UserView): string {
  const { status, items, lastSuccessfulSyncTime, etaSeconds, asOf, error } = view;
  const last = lastSuccessfulSyncTime === null ? '' : ` Last successful sync ${clock(lastSuccessfulSyncTime, asOf)}.`;
  const out = items.skipped + items.failed;
  switch (status) {
    case 'Synced':
    case 'Completed':
      return out === 0
        ? `All mail is in Exchange Online.${last}`
        : `All mail is in Exchange Online except **${plural(out, 'message')}**.${last}`;
    case 'Syncing':
    case 'IncrementalSyncing':
      if (error !== null) return `Waiting: ${escapeMarkdown(error.message.slice(0, 160))}`;
      return etaSeconds === null
        ? `The mailbox is being read.${last}`
        : `About **${duration(etaSeconds)}** to go.${last}`;
    case 'Failed':
    case 'IncrementalFailed':
      return `This user needs a person.${last}`;
    case 'Queued':
      return 'It waits for a free slot of the endpoint.';
    case 'Stopped':
      return `Stopped; what was copied stays.${last}`;
    case 'Validating':
      return 'It starts with its batch.';
    default:
      return `${plural(view.syncedItemCount, 'message')} in the target.${last}`;
  }
}

const MOST_FOLDERS = 12;

// Folders with a difference come first; the long tail of equal ones is a count.
function folderSection(folders: readonly FolderView[]): CardElement | undefined {
  if (folders.length === 0) return undefined;
  const sorted = [...folders].sort((a, b) => Number(differs(b)) - Number(differs(a)) || b.sourceItems - a.sourceItems);
  const rows = sorted.slice(0, MOST_FOLDERS).map(folderRow);
  const more =
    sorted.length > MOST_FOLDERS
      ? [markRow('plain', [`${plural(sorted.length - MOST_FOLDERS, 'more folder')}, all equal`])]
      : [];
  return section('Folders', ...rows, ...more);
}

function differs({ error, targetItems, excluded, sourceItems }: FolderView): boolean {
  return error !== null || targetItems + excluded < sourceItems;
}

function folderRow({ source, target, sourceItems, targetItems, excluded, error }: FolderView): CardElement {
  const name: Run[] = [fromOutside(source, 40)];
  if (target !== '' && target !== source && target.replaceAll(' / ', '/') !== source)
    name.push(subtle(` → ${foreign(target, 40)}`));
  if (error !== null) return markRow('failed', name, 'not opened');
  if (excluded > 0 && excluded === sourceItems) return markRow('waiting', name, `${count(excluded)} excluded`);
  if (targetItems < sourceItems) return markRow('attention', name, `${count(targetItems)} of ${count(sourceItems)}`);
  return markRow('done', name, count(targetItems));
}

function skippedSection({ skipped }: UserView): CardElement | undefined {
  if (skipped.length === 0) return undefined;
  const rows = skipped.slice(0, 4).map((item) => markRow('plain', [fromOutside(item.reason, 120)]));
  const more = skipped.length > 4 ? [markRow('plain', [plural(skipped.length - 4, 'more message')])] : [];
  return section('Not in the target', ...rows, ...more);
}

function footer({
  bytesTransferred,
  itemsPerSecond,
  bytesPerSecond,
  status,
  nextSyncTime,
  userName,
  asOf,
}: UserView): string {
  const speed = isRunning(status) && itemsPerSecond > 0 ? ` · ${rate(itemsPerSecond, bytesPerSecond)}` : '';
  const next = nextSyncTime === null || isRunning(status) ? '' : ` · next sync ${clock(nextSyncTime, asOf)}`;
  return `${escapeMarkdown(foreign(userName, 60))} · ${bytes(bytesTransferred)} copied${speed}${next}`;
}

function buttons({ identity, batchId, supportedActions }: UserView): readonly Button[] {
  const can = new Set(supportedActions);
  const list: (Button | false)[] = [
    can.has('SyncNow') && !can.has('Start') && { title: 'Sync now', action: { verb: 'syncNow', target: identity } },
    can.has('Start') && { title: 'Resume user', action: { verb: 'resumeUser', target: identity } },
    can.has('Stop') && { title: 'Stop user', action: { verb: 'stopUser', target: identity } },
    { title: 'Show batch', action: { verb: 'status', target: batchId }, secondary: true },
  ];
  return list.filter((button) => button !== false);
}

function isRunning(status: UserStatus): boolean {
  return status === 'Syncing' || status === 'IncrementalSyncing' || status === 'Stopping';
}

function fallback({
  identity,
  status,
  syncedItemCount,
  skippedItemCount,
  items,
  dataConsistencyScore,
}: UserView): string {
  const score = dataConsistencyScore === null ? '' : ` Score: ${dataConsistencyScore}.`;
  return `${identity} is ${status}: ${count(syncedItemCount)} items in the target, ${count(skippedItemCount)} skipped, ${count(items.pending)} pending.${score} Write: status ${identity}`;
}
