import { inTarget } from '../engine/domain/items.ts';
import type { BatchStatus } from '../engine/domain/migration-batch.ts';
import type { BatchView } from '../engine/views.ts';
import { aheadSection } from './ahead-section.ts';
import { booksSection } from './books-section.ts';
import { donut } from './charts.ts';
import { isReading } from './card-verbs.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bar,
  bold,
  card,
  facts,
  markRow,
  panel,
  section,
  small,
  refreshedFor,
  tiles,
} from './elements.ts';
import { type Eyes, NOBODY } from './eyes.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { liveSection } from './live-section.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { scoreSection } from './score-section.ts';
import { etaText, heldBackLine, speedLine } from './speed-lines.ts';

const EVERYBODY: Eyes = { audience: NOBODY };

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
export function batchCard(view: BatchView, locale: Locale = ENGLISH, eyes: Eyes = EVERYBODY): Card {
  const { t } = locale;
  const { identity, status, items } = view;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.batch.what,
      tone: BATCH_TONE[status],
      state: t.status(status),
      name: identity,
      sentence: sentenceOf(view, locale),
    }),
    ...userFigures(view, locale),
    view.failures.length === 0 ? undefined : failurePanel(view, locale),
    isRunning(status) ? section(t.batch.pace, facts(speedFacts(view, locale))) : booksSection(items, locale),
    liveSection(view.live, view.asOf, locale),
    aheadSection(view, locale),
    scoreSection(view.dataConsistencyScore, view.reasons, locale),
    small(footer(view, locale)),
  ];
  // Who may only look gets no buttons that would be refused.
  const mayAct = eyes.person === undefined || eyes.person.held !== 'view';
  const shown = buttons(view, locale).filter((each) => mayAct || isReading(each.action));
  return refreshedFor(
    eyes.audience.viewers,
    { of: 'batch', target: identity },
    card(fallback(view, locale), body, shown),
  );
}

// A batch at rest whose users differ is drawn. One at work is edited every few seconds, and a chart moves at each edit.
function userFigures(view: BatchView, locale: Locale): readonly CardElement[] {
  const { t, short, count } = locale;
  const good = view.syncedCount + view.finalizedCount;
  const queued = view.status === 'Created' ? t.batch.ready : t.batch.queued;
  const figures = [
    ...(view.totalCount === 0 ? [] : [progressBar(view, locale)]),
    tiles([
      { value: short(good), label: t.batch.synced },
      { value: short(view.activeCount), label: t.batch.syncing },
      { value: short(view.pendingCount), label: queued },
    ]),
    tiles([
      { value: short(view.failedCount), label: t.batch.failed, alarming: view.failedCount > 0 },
      { value: short(view.stoppedCount), label: t.batch.stopped },
      { value: short(view.totalCount), label: t.batch.total },
    ]),
  ];
  const slices = (
    [
      [good, t.batch.synced, 'good'],
      [view.failedCount, t.batch.failed, 'attention'],
      [view.activeCount, t.batch.syncing, 'categoricalBlue'],
      [view.pendingCount, queued, 'categoricalTeal'],
      [view.stoppedCount, t.batch.stopped, 'neutral'],
    ] as const
  ).map(([value, label, color]) => ({ legend: `${label} ${count(value)}`, value, color }));
  if (isRunning(view.status) || slices.filter(({ value }) => value > 0).length < 2) return figures;
  return [donut(t.users(view.totalCount), slices, ...figures)];
}

function sentenceOf(view: BatchView, locale: Locale): string {
  const { t, clock, percent } = locale;
  const { status, totalCount, failedCount, activeCount, etaSeconds, items, asOf } = view;
  const good = view.syncedCount + view.finalizedCount;
  const until = (seconds: number): string => clock(new Date(Date.parse(asOf) + seconds * 1000).toISOString(), asOf);
  const left = etaText(view, locale);
  const eta = etaSeconds === null || left === undefined ? '' : t.batch.rest(left, until(etaSeconds));
  switch (status) {
    case 'Created':
      return totalCount === 0
        ? t.batch.noUsers(escapeMarkdown(foreign(view.identity, 64)))
        : t.batch.notStarted(totalCount);
    case 'Waiting':
      return t.batch.startsAt(totalCount, clock(view.startDateTime ?? asOf, asOf));
    case 'Syncing':
      return `${t.batch.soFar(good, totalCount)}${eta}`;
    case 'IncrementalSyncing':
      return t.batch.incremental(activeCount + view.syncedCount);
    case 'Synced':
      return t.batch.allSynced(totalCount, inTarget(items));
    case 'SyncedWithErrors':
      return `${t.batch.soFar(good, totalCount)}${t.batch.needPerson(failedCount)}`;
    case 'Failed':
      return `${t.batch.noneSynced}${t.batch.needPerson(failedCount)}`;
    case 'Stopping':
      return t.batch.stopping(activeCount);
    case 'Stopped':
      return t.batch.stoppedAt(percent(inTarget(items), items.source));
    default:
      return t.batch.soFar(good, totalCount);
  }
}

// While it runs, messages tell how far it is; at rest, users do.
function progressBar(view: BatchView, { t, count, percent }: Locale): CardElement {
  const { items, totalCount, failedCount, uncountedCount } = view;
  if (isRunning(view.status) && items.source > 0) {
    const done = items.source - items.pending;
    return bar(
      [{ share: done / items.source, color: 'Accent' }],
      percent(done, items.source),
      uncountedCount === 0
        ? t.batch.ofMessages(count(done), count(items.source))
        : t.batch.ofMessagesSoFar(count(done), count(items.source), uncountedCount),
    );
  }
  const good = view.syncedCount + view.finalizedCount;
  const parts = [
    { share: good / totalCount, color: 'Good' },
    { share: failedCount / totalCount, color: 'Attention' },
  ];
  return bar(parts, percent(good, totalCount), t.batch.ofUsers);
}

const MOST_CAUSES = 4;

function failurePanel({ failures, failedCount }: BatchView, { t, title }: Locale): CardElement {
  const rows = failures
    .slice(0, MOST_CAUSES)
    .map((group) => markRow('failed', [bold(t.users(group.count)), ` · ${lowerFirst(title(group.error.code))}`]));
  const rest = failures.length - MOST_CAUSES;
  return panel(
    t.batch.usersFailed(failedCount),
    ...rows,
    ...(rest > 0 ? [markRow('plain', [t.batch.moreCauses(rest)])] : []),
  );
}

// German titles begin with an article or a noun: only an English one is lowered inside a line.
function lowerFirst(title: string): string {
  return /^(The|No|More|This|A|Something|Another|Sign-in|Bellhop)\b/.test(title) && !title.startsWith('Bellhop')
    ? title.charAt(0).toLowerCase() + title.slice(1)
    : title;
}

function speedFacts(view: BatchView, locale: Locale): readonly (readonly [string, string])[] {
  const { t, bytes } = locale;
  const { readyCount, totalCount } = view;
  const held = view.workerCount === 0 ? t.speed.noWorker : heldBackLine(view, view.waitingCount, locale);
  return [
    ...(readyCount > 0 ? ([[t.batch.newestThere, t.batch.ofAllUsers(readyCount, totalCount)]] as const) : []),
    [t.batch.rate, speedLine(view, locale) ?? t.batch.measuring],
    [t.batch.copied, `${bytes(view.bytesTransferred)}, ${t.messages(view.items.copied)}`],
    ...(held === undefined ? [] : ([[t.speed.heldBack, held]] as const)),
  ];
}

function footer(
  { startDateTime, createdBy, endpoint, bytesTransferred, asOf, status }: BatchView,
  { t, clock, bytes }: Locale,
): string {
  const since =
    startDateTime === null
      ? t.batch.createdBy(escapeMarkdown(foreign(createdBy, 40)))
      : t.batch.started(clock(startDateTime, asOf));
  const fresh = isRunning(status) ? t.asOf(asOf.slice(11, 19)) : t.batch.bytesCopied(bytes(bytesTransferred));
  return `${since} · ${escapeMarkdown(foreign(endpoint, 64))} · ${fresh}`;
}

function buttons(
  { identity, supportedActions, failedCount, status, totalCount }: BatchView,
  { t }: Locale,
): readonly Button[] {
  const can = new Set(supportedActions);
  const target = identity;
  const list: (Button | false)[] = [
    status === 'Created' &&
      totalCount === 0 && {
        title: t.buttons.addUsers,
        action: { verb: 'say', text: `add users ${target}` },
        primary: true,
      },
    status === 'Created' &&
      totalCount > 0 && { title: t.buttons.startBatch, action: { verb: 'startBatch', target }, primary: true },
    status === 'Created' && totalCount > 0 && { title: t.buttons.checkBatch, action: { verb: 'checkBatch', target } },
    failedCount > 0 && {
      title: t.buttons.showFailures,
      action: { verb: 'failures', target },
      ...(isRunning(status) || status === 'Created' ? {} : { primary: true }),
    },
    can.has('Resume') && { title: t.buttons.resumeBatch, action: { verb: 'resumeBatch', target } },
    !isRunning(status) && can.has('SyncNow') && { title: t.buttons.syncNow, action: { verb: 'syncNow', target } },
    can.has('Complete') &&
      !isRunning(status) &&
      status !== 'Completing' && { title: t.buttons.completeBatch, action: { verb: 'completeBatch', target } },
    can.has('Complete') &&
      !isRunning(status) && {
        title: t.cutover.word,
        action: { verb: 'say', text: `cutover ${target}` },
        secondary: true,
      },
    can.has('Stop') && { title: t.buttons.stopBatch, action: { verb: 'stopBatch', target } },
    status !== 'Created' && { title: t.buttons.refresh, action: { verb: 'status', target }, secondary: true },
  ];
  return list.filter((button) => button !== false);
}

function isRunning(status: BatchStatus): boolean {
  return status === 'Syncing' || status === 'IncrementalSyncing' || status === 'Stopping';
}

function fallback(view: BatchView, { t, count }: Locale): string {
  const { identity, status, syncedCount, finalizedCount, totalCount, failedCount, items, dataConsistencyScore } = view;
  const numbers = [syncedCount + finalizedCount, totalCount, failedCount, inTarget(items), items.source].map(count);
  const [synced = '', total = '', failed = '', target = '', source = ''] = numbers;
  const score = dataConsistencyScore === null ? '' : t.batch.score(dataConsistencyScore);
  const waits = status === 'Created' ? (totalCount === 0 ? 'add users' : 'check batch') : 'status';
  const next = `${waits} ${identity}`;
  return `${t.batch.fallback(identity, t.status(status), synced, total, failed, target, source)}${score} ${t.write(next)}`;
}
