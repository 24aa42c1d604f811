import type { DailyReport, NextStep, Verdict } from '../engine/domain/daily-report.ts';
import { dayLines } from './charts.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bar,
  bold,
  card,
  fromOutside,
  line,
  markRow,
  panel,
  section,
  small,
  spacedLine,
  subtle,
  tiles,
} from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

const TONE: Readonly<Record<Verdict, Tone>> = {
  nothing: 'waiting',
  notStarted: 'waiting',
  done: 'done',
  onTrack: 'running',
  atRisk: 'attention',
  standsStill: 'failed',
};

/** The daily report: a verdict, what to do next, what is left, and books that sum to zero. */
export function reportCard(report: DailyReport & { readonly asOf: string }, locale: Locale = ENGLISH): Card {
  const { t, short, weekday, day } = locale;
  const { verdict, date, funnel, yesterday, items } = report;
  const good = funnel.synced + funnel.completed;
  const when = `${weekday(`${date}T12:00:00Z`)} ${day(`${date}T12:00:00Z`)}`;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.report.what(when),
      tone: TONE[verdict],
      state: t.report.verdicts[verdict],
      name: t.report.name,
      sentence: sentenceOf(report, locale),
    }),
    report.next.length === 0
      ? undefined
      : panel(t.report.next, ...report.next.map((step, at) => nextRow(step, at, locale))),
    report.users === 0
      ? undefined
      : bar(
          [
            { share: good / report.users, color: 'Good' },
            { share: funnel.failed / report.users, color: 'Attention' },
          ],
          locale.percent(good, report.users),
          t.batch.ofUsers,
        ),
    tiles([
      { value: short(yesterday.copied), label: t.report.copied },
      { value: yesterday.bytes === null ? '–' : locale.bytes(yesterday.bytes), label: t.report.volume },
      { value: short(yesterday.users), label: t.report.usersSynced },
    ]),
    burnDownSection(report, locale),
    section(t.report.users, ...funnelRows(report, locale)),
    items.source === 0 ? undefined : booksRow(report, locale),
    scoreSection(report, locale),
    failureSection(report, locale),
    riskSection(report, locale),
    small(footer(report, locale)),
  ];
  const fallback = t.report.fallback(when, t.report.verdicts[verdict], locale.count(good), locale.count(report.users));
  return card(`${fallback} ${t.write('report')}`, body, buttons(report, locale));
}

function sentenceOf(
  { verdict, funnel, users, finishAt, atRiskTotal, asOf }: DailyReport & { readonly asOf: string },
  { t, clock }: Locale,
): string {
  const good = funnel.synced + funnel.completed;
  if (verdict === 'nothing') return t.report.nothing;
  if (verdict === 'notStarted') return t.report.notStarted(users);
  const finish = finishAt === null ? '' : t.report.finish(clock(new Date(finishAt).toISOString(), asOf));
  const trouble =
    funnel.failed > 0 ? t.batch.needPerson(funnel.failed) : atRiskTotal > 0 ? t.report.atRiskCount(atRiskTotal) : '';
  return `${t.batch.soFar(good, users)}${trouble}${finish}`;
}

function nextRow(step: NextStep, at: number, { t, title, count }: Locale): CardElement {
  const words = {
    fix: () => t.report.steps.fix(step.count, step.do === 'fix' ? title(step.code) : ''),
    start: () => t.report.steps.start(step.count),
    resume: () => t.report.steps.resume(step.count),
    review: () => t.report.steps.review(step.count),
  }[step.do]();
  return spacedLine(at === 0 ? 'Small' : 'None', subtle(`${count(at + 1)}  `), bold(step.batch), ` · ${words}`);
}

/** Beyond that the days that were would be a dot beside a long line. */
const LONGEST_FORECAST = 31 * 86_400_000;

function burnDownSection(
  { burnDown, finishAt }: DailyReport,
  { t, short, weekday, day }: Locale,
): CardElement | undefined {
  const most = Math.max(...burnDown.map((each) => each.pending));
  if (burnDown.length < 2 || most === 0) return undefined;
  const rows = burnDown.map(({ date, pending }, at) => {
    const length = pending === 0 ? 0 : Math.max(1, Math.round((pending / most) * 20));
    const iso = `${date}T12:00:00Z`;
    const label = `${weekday(iso)} ${day(iso)}`.padEnd(12, '\u00a0');
    return spacedLine(
      at === 0 ? 'Small' : 'None',
      { text: `${label} `, mono: true },
      { text: '█'.repeat(length), color: at === burnDown.length - 1 ? 'Warning' : 'Accent', mono: true },
      ` ${short(pending)}`,
    );
  });
  const points = burnDown.map(({ date, pending }) => ({ date, value: pending }));
  const end = finishAt === null ? undefined : new Date(finishAt).toISOString().slice(0, 10);
  const last = points.at(-1);
  const forecast =
    end === undefined ||
    last === undefined ||
    end <= last.date ||
    finishAt === null ||
    finishAt - Date.parse(last.date) > LONGEST_FORECAST
      ? []
      : [
          {
            legend: t.report.pace,
            color: 'neutral',
            points: [last, { date: end, value: 0 }],
          } as const,
        ];
  const now = last === undefined ? '' : ` ${short(last.value)}`;
  const left = { legend: `${t.report.left}${now}`, color: 'categoricalBlue', points } as const;
  return dayLines(t.report.left, [left, ...forecast], section(t.report.left, ...rows));
}

function funnelRows({ funnel }: DailyReport, { t, count }: Locale): readonly CardElement[] {
  const stages: readonly (readonly [keyof typeof funnel, Tone])[] = [
    ['failed', 'failed'],
    ['notStarted', 'waiting'],
    ['queued', 'waiting'],
    ['syncing', 'running'],
    ['synced', 'done'],
    ['completed', 'done'],
    ['stopped', 'stopped'],
  ];
  return stages
    .filter(([stage]) => funnel[stage] > 0)
    .map(([stage, tone]) => markRow(tone, [bold(count(funnel[stage])), ` ${t.report.stages[stage]}`]));
}

function booksRow({ items, difference }: DailyReport, { t, count }: Locale): CardElement {
  const title = difference === 0 ? t.books.all(items.source) : t.books.difference(Math.abs(difference));
  const parts: readonly (readonly [number, string])[] = [
    [items.copied, t.books.copied],
    [items.adopted, t.report.adopted],
    [items.excluded, t.report.excluded],
    [items.skipped, t.books.skipped],
    [items.failed, t.books.failed],
    [items.pending, t.books.pending],
  ];
  const runs = parts
    .filter(([value]) => value > 0)
    .flatMap(([value, word], at) => [at === 0 ? '' : ' + ', bold(count(value)), ` ${word}`]);
  return section(title, line(...runs, subtle(` = ${count(items.source)}`)));
}

function scoreSection({ scores, deductions }: DailyReport, { t, count, phrase }: Locale): CardElement | undefined {
  const grades = ['Perfect', 'Good', 'Investigate', 'Poor'] as const;
  const graded = grades.reduce((sum, grade) => sum + scores[grade], 0);
  if (graded === 0) return undefined;
  const colors = { Perfect: 'Good', Good: 'Accent', Investigate: 'Warning', Poor: 'Attention' } as const;
  const list = grades.filter((grade) => scores[grade] > 0).flatMap((grade, at) => [
    at === 0 ? '' : ' · ',
    { text: '■ ', color: colors[grade] },
    `${grade} ${count(scores[grade])}`,
  ]); // prettier-ignore
  const none = scores.none > 0 ? [subtle(` · ${t.report.ungraded(count(scores.none))}`)] : [];
  return section(
    'DataConsistencyScore',
    line(...list, ...none),
    ...deductions.map((reason) =>
      markRow('plain', [bold(t.messages(reason.count)), ' · ', fromOutside(phrase(reason.text), 100)]),
    ),
  );
}

const MOST_FAILURES = 5;

function failureSection({ failures }: DailyReport, { t, title }: Locale): CardElement | undefined {
  if (failures.length === 0) return undefined;
  const rest = failures.length - MOST_FAILURES;
  return section(
    t.failures.what,
    ...failures
      .slice(0, MOST_FAILURES)
      .map(({ batch, code, count }) =>
        markRow('failed', [bold(t.users(count)), ` · ${title(code)}`, subtle(`  ${batch}`)]),
      ),
    ...(rest > 0 ? [markRow('plain', [t.batch.moreCauses(rest)])] : []),
  );
}

function riskSection({ atRisk, atRiskTotal }: DailyReport, { t }: Locale): CardElement | undefined {
  if (atRisk.length === 0) return undefined;
  const rest = atRiskTotal - atRisk.length;
  return section(
    t.report.atRisk,
    ...atRisk.map(({ identity, why }) =>
      markRow('attention', [fromOutside(identity, 50), subtle(`  ${t.report.risks[why]}`)]),
    ),
    ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []),
  );
}

function footer(
  { users, batches, freshness, asOf }: DailyReport & { readonly asOf: string },
  { t, duration }: Locale,
): string {
  const fresh = freshness === null ? '' : ` · ${t.report.fresh(duration(freshness.median), duration(freshness.worst))}`;
  return `${t.users(users)} · ${t.batches(batches)}${fresh} · ${t.asOf(asOf.slice(11, 16))}`;
}

function buttons({ failures, next, verdict }: DailyReport, { t }: Locale): readonly Button[] {
  const [first] = next;
  const list: (Button | false)[] = [
    first?.do === 'fix' && {
      title: t.buttons.showFailures,
      action: { verb: 'failures', target: first.batch },
      ...(verdict === 'atRisk' || verdict === 'standsStill' ? { primary: true } : {}),
    },
    first?.do === 'start' && { title: t.buttons.startBatch, action: { verb: 'startBatch', target: first.batch } },
    first?.do === 'resume' && { title: t.buttons.resumeBatch, action: { verb: 'resumeBatch', target: first.batch } },
    failures.length > 1 && { title: t.buttons.failures, action: { verb: 'failures' } },
    { title: t.buttons.status, action: { verb: 'status' } },
  ];
  return list.filter((button) => button !== false);
}
