import type { FailuresView } from '../engine/views.ts';
import { horizontalBars } from './charts.ts';
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
import { escapeMarkdown } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_GROUPS = 6;
const MOST_USERS = 3;

/** Failed users by cause: how many, why, what to do, a sample of who. */
export function failuresCard({ batch, groups, asOf }: FailuresView, locale: Locale = ENGLISH): Card {
  const { t, count, title } = locale;
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const command = `failures${batch === null ? '' : ` ${batch}`}`;
  const rest = groups.length - MOST_GROUPS;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.failures.what,
      tone: total === 0 ? 'done' : 'failed',
      state: total === 0 ? t.failures.none : t.failures.open,
      name: batch ?? t.failures.all,
      sentence: total === 0 ? t.failures.nobody : t.failures.cannot(total, groups.length),
    }),
    groups.length < 2 ? undefined : overview(groups.slice(0, MOST_GROUPS), locale),
    ...groups.slice(0, MOST_GROUPS).map((group) => groupSection(group, locale)),
    rest > 0 ? small(t.batch.moreCauses(rest)) : undefined,
    small(`${t.asOf(asOf.slice(11, 16))} · ${t.failures.allUsers(escapeMarkdown(`bellhop ${command} --json`))}`),
  ];
  const list = groups.slice(0, MOST_GROUPS).map((group) => `${count(group.count)} ${title(group.error.code)}`);
  const fallback = `${t.failures.fallback(batch ?? t.failures.all, count(total), list.join(', '))} ${t.write(command)}`;
  const target = batch ?? undefined;
  return card(fallback, body, [
    ...(total > 0 && target !== undefined
      ? [{ title: t.buttons.retry(total), action: { verb: 'retry', target } } as const]
      : []),
    ...(target === undefined ? [] : [{ title: t.buttons.showBatch, action: { verb: 'status', target } } as const]),
  ]);
}

const LONGEST_BAR = 12;
const LONGEST_LABEL = 40;

// Which cause matters most, at a glance: one bar a cause.
function overview(groups: FailuresView['groups'], { t, count, title }: Locale): CardElement {
  const most = Math.max(...groups.map((group) => group.count));
  const rows = groups.map(({ count: users, error }, at) =>
    spacedLine(
      at === 0 ? 'Medium' : 'None',
      { text: '█'.repeat(Math.max(1, Math.round((users / most) * LONGEST_BAR))), color: 'Attention', mono: true },
      bold(` ${count(users)} `),
      subtle(title(error.code)),
    ),
  );
  const bars = groups.map(({ count: users, error }) => ({ label: shortened(title(error.code)), value: users }));
  return horizontalBars(t.failures.byCause, bars, 'attention', ...rows);
}

// A chart gives a label little room.
function shortened(text: string): string {
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}

function groupSection(
  { count: users, error, users: who }: FailuresView['groups'][number],
  locale: Locale,
): CardElement {
  const { t, title } = locale;
  const rest = who.length - MOST_USERS;
  const sample = who.slice(0, MOST_USERS).map((user) => user.identity);
  const { message, remedy } = locale.failure({ ...error, message: who[0]?.message ?? error.message });
  return section(
    title(error.code),
    markRow('failed', [
      bold(t.users(users)),
      ' · ',
      fromOutside(sample.join(', '), 120),
      ...(rest > 0 ? [subtle(t.failures.andMore(rest))] : []),
    ]),
    spacedLine('Small', fromOutside(message, 320)),
    spacedLine('Small', bold(`${t.failures.remedy}  `), fromOutside(remedy, 240)),
    line(subtle(error.code)),
  );
}
