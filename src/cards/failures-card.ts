import type { FailuresView } from '../engine/views.ts';
import {
  type Card,
  type CardElement,
  band,
  bold,
  card,
  fromOutside,
  line,
  markRow,
  section,
  small,
  spacedLine,
  subtle,
} from './elements.ts';
import { count, plural } from './format.ts';

const MOST_GROUPS = 6;
const MOST_USERS = 3;

/** Failed users by cause: how many, why, what to do, a sample of who. */
export function failuresCard({ batch, groups, asOf }: FailuresView): Card {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const tone = total === 0 ? 'done' : 'failed';
  const sentence =
    total === 0
      ? 'Nobody needs help.'
      : `**${plural(total, 'user')}** cannot be synced, for ${plural(groups.length, 'reason')}. The others go on.`;
  const body: (CardElement | undefined)[] = [
    band({ what: 'Failures', tone, state: total === 0 ? 'None' : 'Open', name: batch ?? 'All batches', sentence }),
    ...groups.slice(0, MOST_GROUPS).map(groupSection),
    groups.length > MOST_GROUPS ? small(`${groups.length - MOST_GROUPS} more causes.`) : undefined,
    small(`As of ${asOf.slice(11, 16)} UTC. All users: bellhop failures${batch === null ? '' : ` ${batch}`} --json`),
  ];
  const fallback = `${batch ?? 'All batches'}: ${count(total)} failed users. ${groups.map((group) => `${group.count} ${group.title}`).join(', ')} Write: failures${batch === null ? '' : ` ${batch}`}`;
  const target = batch ?? undefined;
  return card(fallback, body, [
    ...(total > 0 && target !== undefined
      ? [{ title: `Retry ${plural(total, 'user')}`, action: { verb: 'syncNow', target } } as const]
      : []),
    ...(target === undefined ? [] : [{ title: 'Show batch', action: { verb: 'status', target } } as const]),
  ]);
}

function groupSection({ title, count: users, error, users: who }: FailuresView['groups'][number]): CardElement {
  const rest = who.length - MOST_USERS;
  const sample = who
    .slice(0, MOST_USERS)
    .map((user) => user.identity)
    .join(', ');
  const first = who[0];
  return section(
    title,
    markRow('failed', [
      bold(plural(users, 'user')),
      ' · ',
      fromOutside(sample, 120),
      ...(rest > 0 ? [subtle(` and ${count(rest)} more`)] : []),
    ]),
    ...(first === undefined ? [] : [spacedLine('Small', fromOutside(first.message, 320))]),
    spacedLine('Small', bold('Remedy  '), fromOutside(error.remedy, 240)),
    line(subtle(error.code)),
  );
}
