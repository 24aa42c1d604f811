import type { BatchView, StatusView } from '../engine/views.ts';
import { BATCH_TONE } from './batch-card.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bar,
  boldFromOutside,
  card,
  markRow,
  section,
  small,
  subtle,
  text,
  tiles,
} from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { fleetSection } from './speed-lines.ts';

const MOST_BATCHES = 12;

/** All batches, those that need a person first, and the totals of Get-MigrationStatistics. */
export function statusCard(view: StatusView, locale: Locale = ENGLISH): Card {
  const { t, short, count, percent } = locale;
  const { batches, totalCount, syncedCount, finalizedCount, failedCount } = view;
  const good = syncedCount + finalizedCount;
  const tone = toneOf(view);
  const listed = sorted(batches);
  const waiting = batches.reduce((sum, batch) => sum + batch.waitingCount, 0);
  const rest = listed.length - MOST_BATCHES;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.overview.what,
      tone,
      state: t.overview.states[tone === 'waiting' && batches.length > 0 ? 'notStarted' : tone],
      name: t.overview.name,
      sentence: sentenceOf(view, locale),
    }),
    ...(totalCount === 0
      ? []
      : [
          bar(
            [
              { share: good / totalCount, color: 'Good' },
              { share: failedCount / totalCount, color: 'Attention' },
            ],
            percent(good, totalCount),
            t.batch.ofUsers,
          ),
        ]),
    batches.length === 0
      ? text(t.overview.setUp, { spacing: 'Medium' })
      : tiles([
          { value: short(good), label: t.batch.synced },
          { value: short(failedCount), label: t.batch.failed, alarming: failedCount > 0 },
          { value: short(totalCount), label: t.overview.users },
        ]),
    batches.length === 0
      ? undefined
      : section(
          t.batches(batches.length),
          ...listed.slice(0, MOST_BATCHES).map((each) => batchRow(each, locale)),
          ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []),
        ),
    fleetSection(view, waiting, locale),
    small(t.asOf(view.asOf.slice(11, 16))),
  ];
  const fallback = t.overview.fallback(t.batches(batches.length), count(good), count(totalCount), count(failedCount));
  return card(`${fallback} ${t.write('status <batch>')}`, body, buttons(listed[0], failedCount, locale));
}

function toneOf({ failedCount, activeCount, batches }: StatusView): Tone {
  if (failedCount > 0) return 'attention';
  if (activeCount > 0) return 'running';
  return batches.every(({ status }) => status === 'Created' || status === 'Waiting') ? 'waiting' : 'done';
}

function sentenceOf(
  { batches, totalCount, syncedCount, finalizedCount, failedCount }: StatusView,
  { t }: Locale,
): string {
  if (batches.length === 0) return t.overview.none;
  const good = t.batch.soFar(syncedCount + finalizedCount, totalCount);
  return failedCount === 0 ? good : `${good}${t.batch.needPerson(failedCount)}`;
}

function buttons(first: BatchView | undefined, failedCount: number, { t }: Locale): readonly Button[] {
  const list: (Button | false)[] = [
    first !== undefined && { title: t.buttons.showFirst, action: { verb: 'status', target: first.identity } },
    failedCount > 0 && { title: t.buttons.failures, action: { verb: 'failures' } },
    first === undefined && {
      title: t.buttons.addEndpoint,
      action: { verb: 'openForm', form: 'addEndpoint' },
      primary: true,
    },
    { title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch' } },
    { title: t.buttons.help, action: { verb: 'help' }, secondary: true },
  ];
  return list.filter((button) => button !== false);
}

function sorted(batches: readonly BatchView[]): readonly BatchView[] {
  return [...batches].sort((a, b) => b.failedCount - a.failedCount || b.activeCount - a.activeCount);
}

function batchRow(
  { identity, status, syncedCount, finalizedCount, totalCount, failedCount }: BatchView,
  { t, percent, count }: Locale,
): CardElement {
  const failed = failedCount === 0 ? '' : ` · ${t.overview.failedCount(failedCount)}`;
  return markRow(
    BATCH_TONE[status],
    [boldFromOutside(identity, 40), subtle(`  ${t.status(status)}${failed}`)],
    t.overview.ofTotal(percent(syncedCount + finalizedCount, totalCount), count(totalCount)),
  );
}
