import type { Items } from '../engine/domain/items.ts';
import { imbalance, inTarget } from '../engine/domain/items.ts';
import type { BatchStatus } from '../engine/domain/migration-batch.ts';
import type { BatchView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  amountRow,
  band,
  bar,
  bold,
  card,
  facts,
  markRow,
  panel,
  section,
  small,
  tiles,
} from './elements.ts';
import { bytes, clock, count, duration, percent, plural, rate, short, words } from './format.ts';
import { scoreSection } from './score-section.ts';

export const BATCH_TONE: Readonly<Record<BatchStatus, Tone>> = {
  Created: 'waiting',
  Waiting: 'waiting',
  Syncing: 'running',
  IncrementalSyncing: 'running',
  Synced: 'done',
  SyncedWithErrors: 'attention',
  Stopping: 'stopped',
  Stopped: 'stopped',
  Completing: 'running',
  Completed: 'done',
  CompletedWithErrors: 'attention',
  Failed: 'failed',
  Removing: 'stopped',
};

/** The live card of a batch: how far, what is wrong, until when; counts as in Get-MigrationBatch. */
export function batchCard(view: BatchView): Card {
  const { identity, status, items } = view;
  const body: (CardElement | undefined)[] = [
    band({
      what: 'Migration batch',
      tone: BATCH_TONE[status],
      state: words(status),
      name: identity,
      sentence: sentenceOf(view),
    }),
    view.totalCount === 0 ? undefined : progressBar(view),
    tiles([
      { value: short(view.syncedCount + view.finalizedCount), label: 'Synced' },
      { value: short(view.activeCount), label: 'Syncing' },
      { value: short(view.pendingCount), label: status === 'Created' ? 'Ready to start' : 'Queued' },
    ]),
    tiles([
      { value: short(view.failedCount), label: 'Failed', alarming: view.failedCount > 0 },
      { value: short(view.stoppedCount), label: 'Stopped' },
      { value: short(view.totalCount), label: 'Total' },
    ]),
    view.failures.length === 0 ? undefined : failurePanel(view),
    isRunning(status) ? section('Speed', facts(speedFacts(view))) : booksSection(items),
    scoreSection(view.dataConsistencyScore, view.reasons),
    small(footer(view)),
  ];
  return card(fallback(view), body, buttons(view));
}

function sentenceOf(view: BatchView): string {
  const { status, totalCount, syncedCount, failedCount, activeCount, etaSeconds, items, asOf } = view;
  const good = syncedCount + view.finalizedCount;
  const eta =
    etaSeconds === null
      ? ''
      : ` The rest needs about **${duration(etaSeconds)}**, until ${clock(new Date(Date.parse(asOf) + etaSeconds * 1000).toISOString(), asOf)}.`;
  switch (status) {
    case 'Created':
      return totalCount === 0
        ? 'It has no users yet. Import them on the server.'
        : `${plural(totalCount, 'user')} wait for the start. Check the batch first: it writes nothing.`;
    case 'Syncing':
      return `${count(good)} of ${plural(totalCount, 'user')} are synced.${eta}`;
    case 'IncrementalSyncing':
      return `${plural(view.activeCount + view.syncedCount, 'user')} had the first sync; changes are brought over now.`;
    case 'Synced':
      return `All ${plural(totalCount, 'user')} are synced: ${plural(inTarget(items), 'message')} in Exchange Online.`;
    case 'SyncedWithErrors':
      return `${count(good)} of ${plural(totalCount, 'user')} are synced. **${plural(failedCount, 'user')}** need a person.`;
    case 'Failed':
      return `No user could be synced. **${plural(failedCount, 'user')}** need a person.`;
    case 'Stopping':
      return `${plural(activeCount, 'user')} finish the message in hand.`;
    case 'Stopped':
      return `Stopped at ${percent(inTarget(items), items.source)} of the messages found so far. Resume continues where it was.`;
    default:
      return `${count(good)} of ${plural(totalCount, 'user')} are synced.`;
  }
}

// While it runs, messages tell how far it is; at rest, users do.
function progressBar(view: BatchView): CardElement {
  const { items, totalCount, failedCount } = view;
  if (isRunning(view.status) && items.source > 0) {
    const done = items.source - items.pending;
    return bar(
      [{ share: done / items.source, color: 'Accent' }],
      percent(done, items.source),
      `${count(done)} of ${count(items.source)} messages`,
    );
  }
  const good = view.syncedCount + view.finalizedCount;
  const parts = [
    { share: good / totalCount, color: 'Good' },
    { share: failedCount / totalCount, color: 'Attention' },
  ];
  return bar(parts, percent(good, totalCount), 'of the users');
}

function failurePanel({ failures, failedCount }: BatchView): CardElement {
  const rows = failures
    .slice(0, 4)
    .map((group) => markRow('failed', [bold(plural(group.count, 'user')), ` · ${group.title.toLowerCase()}`]));
  const more = failures.length > 4 ? [markRow('plain', [`${failures.length - 4} more causes`])] : [];
  return panel(`${plural(failedCount, 'user')} failed`, ...rows, ...more);
}

const BOTTLENECK: Readonly<Record<NonNullable<BatchView['bottleneck']>, string>> = {
  source: 'Source: it delivers slower than the target takes',
  target: 'Exchange Online: it takes slower than the source delivers',
  budget: 'The published limits of Exchange Online',
};

function speedFacts(view: BatchView): readonly (readonly [string, string])[] {
  const { items, itemsPerSecond, bytesPerSecond, bytesTransferred, bottleneck } = view;
  return [
    ['Rate', itemsPerSecond > 0 ? rate(itemsPerSecond, bytesPerSecond) : 'being measured'],
    ['Copied', `${plural(items.copied, 'message')}, ${bytes(bytesTransferred)}`],
    ...(bottleneck === null ? [] : ([['Bottleneck', BOTTLENECK[bottleneck]]] as const)),
  ];
}

/** The books of a batch or user, every message in one row; the title is computed, not promised. */
export function booksSection(items: Items): CardElement | undefined {
  if (items.source === 0) return undefined;
  const difference = imbalance(items);
  const title =
    difference === 0
      ? `All ${plural(items.source, 'message')} accounted for`
      : `${plural(Math.abs(difference), 'message')} not accounted for`;
  const rows: readonly (readonly [number, string])[] = [
    [items.copied, 'copied'],
    [items.adopted, 'adopted, already in the target'],
    [items.excluded, 'excluded by rule'],
    [items.skipped, 'skipped'],
    [items.failed, 'failed'],
    [items.pending, 'pending'],
  ];
  return section(
    title,
    ...rows.filter(([value], at) => value > 0 || at === 0).map(([value, label]) => amountRow(count(value), label)),
  );
}

function footer({ startDateTime, createdBy, endpoint, bytesTransferred, asOf, status }: BatchView): string {
  const since = startDateTime === null ? `Created by ${createdBy}` : `Started ${clock(startDateTime, asOf)}`;
  const fresh = isRunning(status) ? `as of ${asOf.slice(11, 19)} UTC` : `${bytes(bytesTransferred)} copied`;
  return `${since} · ${endpoint} · ${fresh}`;
}

function buttons({ identity, supportedActions, failedCount, status, totalCount }: BatchView): readonly Button[] {
  const can = new Set(supportedActions);
  const target = identity;
  const list: (Button | false)[] = [
    status === 'Created' &&
      totalCount > 0 && { title: 'Start batch', action: { verb: 'startBatch', target }, primary: true },
    status === 'Created' && totalCount > 0 && { title: 'Check batch', action: { verb: 'checkBatch', target } },
    failedCount > 0 && {
      title: 'Show failures',
      action: { verb: 'failures', target },
      ...(isRunning(status) ? {} : { primary: true }),
    },
    can.has('Resume') && { title: 'Resume batch', action: { verb: 'resumeBatch', target } },
    !isRunning(status) && can.has('SyncNow') && { title: 'Sync now', action: { verb: 'syncNow', target } },
    can.has('Stop') && { title: 'Stop batch', action: { verb: 'stopBatch', target } },
    status !== 'Created' && { title: 'Refresh', action: { verb: 'status', target }, secondary: true },
  ];
  return list.filter((button) => button !== false);
}

function isRunning(status: BatchStatus): boolean {
  return status === 'Syncing' || status === 'IncrementalSyncing' || status === 'Stopping';
}

function fallback(view: BatchView): string {
  const { identity, status, syncedCount, totalCount, failedCount, items, dataConsistencyScore } = view;
  const score = dataConsistencyScore === null ? '' : ` Score: ${dataConsistencyScore}.`;
  return `${identity} is ${status}: ${count(syncedCount)} of ${count(totalCount)} users synced, ${count(failedCount)} failed, ${count(inTarget(items))} of ${count(items.source)} messages in the target.${score} Write: status ${identity}`;
}
