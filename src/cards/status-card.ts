import type { BatchView, StatusView } from '../engine/views.ts';
import { BATCH_TONE } from './batch-card.ts';
import {
  type Card,
  type CardElement,
  type Tone,
  band,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
  text,
  tiles,
} from './elements.ts';
import { count, percent, plural, short, words } from './format.ts';

const MOST_BATCHES = 15;

/** All batches, those that need a person first, and the totals of Get-MigrationStatistics. */
export function statusCard(view: StatusView): Card {
  const { batches, totalCount, syncedCount, finalizedCount, failedCount, activeCount } = view;
  const good = syncedCount + finalizedCount;
  const tone: Tone =
    failedCount > 0 ? 'attention' : activeCount > 0 ? 'running' : batches.length === 0 ? 'waiting' : 'done';
  const body: (CardElement | undefined)[] = [
    band({ what: 'Status', tone, state: stateWord(tone), name: 'All migration batches', sentence: sentenceOf(view) }),
    batches.length === 0
      ? text(
          'Set up: **add endpoint mail-hq host=imap.example.com**, then import users on the server: **bellhop import users.csv batch=pilot endpoint=mail-hq**.',
          { spacing: 'Medium' },
        )
      : tiles([
          { value: short(good), label: 'Synced' },
          { value: short(failedCount), label: 'Failed', alarming: failedCount > 0 },
          { value: short(totalCount), label: 'Users' },
        ]),
    batches.length === 0
      ? undefined
      : section(plural(batches.length, 'batch', 'batches'), ...sorted(batches).slice(0, MOST_BATCHES).map(batchRow)),
    small(`As of ${view.asOf.slice(11, 16)} UTC`),
  ];
  const first = sorted(batches)[0];
  const fallback = `${plural(batches.length, 'batch', 'batches')}: ${count(good)} of ${count(totalCount)} users synced, ${count(failedCount)} failed. Write: status <batch>`;
  return card(fallback, body, [
    ...(first === undefined
      ? []
      : [{ title: 'Show first', action: { verb: 'status', target: first.identity } } as const]),
    ...(failedCount > 0 ? [{ title: 'Failures', action: { verb: 'failures' } } as const] : []),
    { title: 'Help', action: { verb: 'help' }, secondary: true },
  ]);
}

const STATE: Readonly<Record<Tone, string>> = {
  attention: 'Look here',
  running: 'Running',
  waiting: 'Nothing yet',
  done: 'All well',
  failed: 'Failed',
  stopped: 'Stopped',
};

function stateWord(tone: Tone): string {
  return STATE[tone];
}

function sentenceOf({ batches, totalCount, syncedCount, finalizedCount, failedCount }: StatusView): string {
  if (batches.length === 0) return 'There is no batch yet.';
  const good = `${count(syncedCount + finalizedCount)} of ${plural(totalCount, 'user')} are synced.`;
  return failedCount === 0 ? good : `${good} **${plural(failedCount, 'user')}** need a person.`;
}

function sorted(batches: readonly BatchView[]): readonly BatchView[] {
  return [...batches].sort((a, b) => b.failedCount - a.failedCount || b.activeCount - a.activeCount);
}

function batchRow({ identity, status, syncedCount, finalizedCount, totalCount, failedCount }: BatchView): CardElement {
  const good = syncedCount + finalizedCount;
  const failed = failedCount === 0 ? '' : ` · ${plural(failedCount, 'failed', 'failed')}`;
  return markRow(
    BATCH_TONE[status],
    [{ ...(fromOutside(identity, 40) as { text: string }), bold: true }, subtle(`  ${words(status)}${failed}`)],
    `${percent(good, totalCount)} of ${count(totalCount)}`,
  );
}
