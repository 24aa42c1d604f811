import { type CutoverOutlook, endangers } from '../engine/domain/cutover-outlook.ts';
import type { DailyReport } from '../engine/domain/daily-report.ts';
import { type Series, dayLines } from './charts.ts';
import {
  type CardElement,
  type Tone,
  bold,
  fromOutside,
  line,
  markRow,
  section,
  spacedLine,
  subtle,
  underRow,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import type { Locale } from './locale.ts';
import type { SpeedView } from '../engine/views.ts';

/** The report, and the files beside it. */
export type Report = DailyReport & {
  readonly asOf: string;
  readonly files?: readonly { readonly file: string; readonly bytes: number }[];
  readonly speed?: SpeedView & { readonly waitingCount: number };
};

const MOST_ROWS = 3;

/** "Mon 23 Nov" of a date as 2026-11-23. */
export function dayOf(date: string, { weekday, day }: Locale): string {
  const noon = `${date}T12:00:00Z`;
  return `${weekday(noon)} ${day(noon)}`;
}

const OUTLOOK_TONE: Readonly<Record<CutoverOutlook['outlook'], Tone>> = {
  ready: 'done',
  onTime: 'running',
  stuck: 'attention',
  late: 'attention',
  still: 'attention',
  over: 'failed',
};

/** Every planned cutover, and whether what is left will be there by then. */
export function cutoverSection({ cutovers, asOf }: Report, locale: Locale): CardElement | undefined {
  if (cutovers.length === 0) return undefined;
  const { t, clock, short } = locale;
  const sorted = [...cutovers].sort((a, b) => Number(endangers(b)) - Number(endangers(a)));
  const rows = sorted
    .slice(0, MOST_ROWS)
    .flatMap(({ batch, date, outlook, pending, usersLeft, finishAt, neededPerDay }) => {
      const left = pending > 0 ? t.messages(pending) : t.users(usersLeft);
      const end = finishAt === null ? '' : clock(new Date(finishAt).toISOString(), asOf);
      const words = t.report.outlooks[outlook](left, end, short(neededPerDay ?? 0));
      return [markRow(OUTLOOK_TONE[outlook], [bold(batch)], dayOf(date, locale)), underRow(subtle(words))];
    });
  const rest = cutovers.length - MOST_ROWS;
  return section(t.report.cutovers, ...rows, ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []));
}

/** Who waits for whose word: the oldest question first. */
export function approvalSection(
  { approvals, asOf }: Report,
  { t, clock, commandTitle }: Locale,
): CardElement | undefined {
  if (approvals.length === 0) return undefined;
  const rows = approvals
    .slice(0, MOST_ROWS)
    .flatMap(({ identity, title, batch, requestedBy, requestedAt }) => [
      markRow(
        'attention',
        [bold(commandTitle(title)), ...(batch === null ? [] : [' · ', fromOutside(batch, 40)])],
        escapeMarkdown(foreign(identity, 12)),
      ),
      underRow(fromOutside(t.report.askedBy(requestedBy, clock(new Date(requestedAt).toISOString(), asOf)), 100)),
    ]);
  const rest = approvals.length - MOST_ROWS;
  return section(t.report.approvals, ...rows, ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []));
}

/** Beyond that the days that were would be a dot beside a long line. */
const LONGEST_FORECAST = 31 * 86_400_000;

export function burnDownSection(
  { burnDown, finishAt, cutovers }: Report,
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
  // From what was left first, straight to nothing on the day of the last cutover.
  const lastDay = cutovers.at(-1)?.date ?? '';
  const [first] = points;
  const plan: readonly Series[] =
    first === undefined ||
    last === undefined ||
    lastDay <= last.date ||
    daysBetween(last.date, lastDay) > LONGEST_FORECAST
      ? []
      : [{ legend: t.report.plan, color: 'good', points: [first, { date: lastDay, value: 0 }] }];
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
  return dayLines(t.report.left, [left, ...forecast, ...plan], section(t.report.left, ...rows));
}

/** Where the whole lists are. */
export function filesLine({ files = [] }: Report, { t, bytes }: Locale): CardElement | undefined {
  if (files.length === 0) return undefined;
  const names = files.map(({ file, bytes: size }) => `${file.slice(file.lastIndexOf('/') + 1)} (${bytes(size)})`);
  return spacedLine('Medium', subtle(`${t.report.files}  `), fromOutside(names.join(' · '), 120));
}

function daysBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

export function funnelRows({ funnel }: Report, { t, count }: Locale): readonly CardElement[] {
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

export function booksRow({ items, difference }: Report, { t, count }: Locale): CardElement {
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

export function scoreSection({ scores, deductions }: Report, { t, count, phrase }: Locale): CardElement | undefined {
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

export function failureSection({ failures }: Report, { t, title }: Locale): CardElement | undefined {
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

export function riskSection({ atRisk, atRiskTotal }: Report, { t }: Locale): CardElement | undefined {
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
