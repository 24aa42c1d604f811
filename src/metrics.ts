import type { World } from './engine/ports.ts';
import { statusOverview } from './engine/queries.ts';
import type { BatchView } from './engine/views.ts';

type Metric = readonly [
  name: string,
  help: string,
  value: (batch: BatchView) => readonly (readonly [labels: string, value: number])[],
];

const METRICS: readonly Metric[] = [
  ['bellhop_users', 'Users by state.', (batch) => [['synced', batch.syncedCount], ['active', batch.activeCount], ['pending', batch.pendingCount], ['failed', batch.failedCount], ['stopped', batch.stoppedCount], ['finalized', batch.finalizedCount]].map(([state, value]) => [`state="${state}"`, Number(value)] as const)], // prettier-ignore
  [
    'bellhop_items',
    'Messages by what became of them.',
    (batch) => Object.entries(batch.items).map(([column, value]) => [`column="${column}"`, value] as const),
  ],
  ['bellhop_transferred_bytes', 'Bytes of messages written to the target.', (batch) => [['', batch.bytesTransferred]]],
  [
    'bellhop_last_synced_timestamp_seconds',
    'When the latest sync of the batch ended.',
    ({ lastSyncedDateTime }) => (lastSyncedDateTime === null ? [] : [['', Date.parse(lastSyncedDateTime) / 1000]]),
  ],
  [
    'bellhop_live_equal_timestamp_seconds',
    'Until when everything that happened at the sources of a live batch is in the targets.',
    ({ live }) => (live === null ? [] : [['', Date.parse(live.equalDateTime) / 1000]]),
  ],
  [
    'bellhop_live_lag_seconds',
    'What a change takes at most from source to target; median of the latest ones.',
    ({ live }) => (live === null || live.lagSeconds === null ? [] : [['', live.lagSeconds]]),
  ],
  ['bellhop_items_per_second', 'Messages written per second, now.', (batch) => [['', batch.itemsPerSecond]]],
  ['bellhop_bytes_per_second', 'Bytes written per second, now.', (batch) => [['', batch.bytesPerSecond]]],
];

/** The state of all batches in Prometheus' text format. Batch names are restricted, so labels need no escaping. */
export async function metricsText(world: World): Promise<string> {
  const { batches } = await statusOverview(world);
  return METRICS.flatMap(([name, help, values]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...batches.flatMap((batch) =>
      values(batch).map(
        ([labels, value]) => `${name}{batch="${batch.identity}"${labels === '' ? '' : `,${labels}`}} ${value}`,
      ),
    ),
  ])
    .join('\n')
    .concat('\n');
}
