import type { World } from './engine/ports.ts';
import { statusOverview } from './engine/queries.ts';
import type { BatchView, SpeedView, StatusView } from './engine/views.ts';

type Values = readonly (readonly [labels: string, value: number])[];
type Metric<Of> = readonly [name: string, help: string, value: (of: Of) => Values];

const METRICS: readonly Metric<BatchView>[] = [
  ['bellhop_users', 'Users by state.', usersByState],
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
];

const FLEET: readonly Metric<StatusView>[] = [
  ['users', 'Users by state.', usersByState],
  [
    'transferred_bytes',
    'Bytes of messages written to the target.',
    ({ batches }) => [['', batches.reduce((sum, batch) => sum + batch.bytesTransferred, 0)]],
  ],
];

const SPEED: readonly Metric<SpeedView>[] = [
  ['items_per_second', 'Messages written per second, now.', (view) => [['', view.itemsPerSecond]]],
  ['bytes_per_second', 'Bytes written per second, now.', (view) => [['', view.bytesPerSecond]]],
  [
    'lost_seconds_total',
    'Seconds of syncs lost since they were due, by what to.',
    (view) => Object.entries(view.lostSeconds).map(([cause, value]) => [`cause="${cause}"`, value] as const),
  ],
  [
    'moving_seconds_total',
    'Seconds of syncs in which mail moved and nobody waited.',
    (view) => [['', view.movingSeconds]],
  ],
  [
    'ceiling_share',
    'How much of the nearest published ceiling of Exchange Online is used, 0 to 1.',
    ({ ceiling, ceilingShare }) =>
      ceiling === null || ceilingShare === null ? [] : [[`ceiling="${ceiling}"`, ceilingShare]],
  ],
  [
    'eta_seconds',
    'Seconds until everything is synced, by quantile of the forecast.',
    ({ etaSeconds, etaP90Seconds }) =>
      etaSeconds === null || etaP90Seconds === null
        ? []
        : [
            ['quantile="0.5"', etaSeconds],
            ['quantile="0.9"', etaP90Seconds],
          ],
  ],
];

/** The state of all batches in Prometheus' text format. Batch names are restricted, so labels need no escaping. */
export async function metricsText(world: World): Promise<string> {
  const view = await statusOverview(world);
  return [
    ...lines('bellhop_workers', 'Worker processes that take mailboxes.', [['', view.workerCount]]),
    ...METRICS.flatMap((metric) => ofBatches(metric, view.batches)),
    ...SPEED.flatMap(([name, ...metric]) => ofBatches([`bellhop_${name}`, ...metric], view.batches)),
    ...FLEET.flatMap(([name, help, values]) => lines(`bellhop_fleet_${name}`, `All batches: ${help}`, values(view))),
    ...SPEED.flatMap(([name, help, values]) => lines(`bellhop_fleet_${name}`, `All batches: ${help}`, values(view))),
  ]
    .join('\n')
    .concat('\n');
}

function ofBatches<Of>([name, help, values]: Metric<Of>, batches: readonly (Of & BatchView)[]): readonly string[] {
  const labelled = batches.flatMap((batch) =>
    values(batch).map(([labels, value]) => [joined(`batch="${batch.identity}"`, labels), value] as const),
  );
  return lines(name, help, labelled);
}

function usersByState(view: BatchView | StatusView): Values {
  return (['synced', 'active', 'pending', 'failed', 'stopped', 'finalized'] as const).map(
    (state) => [`state="${state}"`, view[`${state}Count`]] as const,
  );
}

function lines(name: string, help: string, values: Values): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}`,
    ...values.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
  ];
}

function joined(...labels: readonly string[]): string {
  return labels.filter((label) => label !== '').join(',');
}
