import { endangers } from '../engine/domain/cutover-outlook.ts';
import type { NextStep, Verdict } from '../engine/domain/daily-report.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bar,
  bold,
  card,
  panel,
  section,
  small,
  spacedLine,
  subtle,
  tiles,
} from './elements.ts';
import { escapeMarkdown } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { fleetSection } from './speed-lines.ts';
import {
  type Report,
  approvalSection,
  booksRow,
  burnDownSection,
  cutoverSection,
  dayOf,
  failureSection,
  filesLine,
  funnelRows,
  riskSection,
  scoreSection,
} from './report-sections.ts';

const TONE: Readonly<Record<Verdict, Tone>> = {
  nothing: 'waiting',
  notStarted: 'waiting',
  done: 'done',
  onTrack: 'running',
  atRisk: 'attention',
  standsStill: 'failed',
};

/** The daily report: a verdict, what to do next, what is left, and books that sum to zero. */
export function reportCard(report: Report, locale: Locale = ENGLISH): Card {
  const { t, short } = locale;
  const { verdict, date, funnel, yesterday, items } = report;
  const good = funnel.synced + funnel.completed;
  const when = dayOf(date, locale);
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
      { value: short(yesterday.copied), label: t.report.copied(yesterday.whole) },
      { value: yesterday.bytes === null ? '–' : locale.bytes(yesterday.bytes), label: t.report.volume },
      { value: short(yesterday.users), label: t.report.usersSynced },
    ]),
    averageLine(report, locale),
    report.speed === undefined ? undefined : fleetSection(report.speed, report.speed.waitingCount, locale),
    cutoverSection(report, locale),
    burnDownSection(report, locale),
    approvalSection(report, locale),
    report.users === 0 ? undefined : section(t.report.users, ...funnelRows(report, locale)),
    items.source === 0 ? undefined : booksRow(report, locale),
    scoreSection(report, locale),
    failureSection(report, locale),
    riskSection(report, locale),
    filesLine(report, locale),
    small(footer(report, locale)),
  ];
  const fallback = t.report.fallback(when, t.report.verdicts[verdict], locale.count(good), locale.count(report.users));
  return card(`${fallback} ${t.write('report')}`, body, buttons(report, locale));
}

function sentenceOf({ verdict, funnel, users, finishAt, atRiskTotal, asOf, cutovers }: Report, locale: Locale): string {
  const { t, clock } = locale;
  const good = funnel.synced + funnel.completed;
  if (verdict === 'nothing') return t.report.nothing;
  if (verdict === 'notStarted') return t.report.notStarted(users);
  const finish = finishAt === null ? '' : t.report.finish(clock(new Date(finishAt).toISOString(), asOf));
  const unready = cutovers.find(endangers);
  if (unready !== undefined)
    return `${t.batch.soFar(good, users)}${t.report.notReady(escapeMarkdown(unready.batch), dayOf(unready.date, locale))}`;
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
    decide: () => t.report.steps.decide(step.count),
  }[step.do]();
  const named = step.do === 'decide' ? [bold(t.report.decide)] : [bold(step.batch)];
  return spacedLine(at === 0 ? 'Small' : 'None', subtle(`${count(at + 1)}  `), ...named, ` · ${words}`);
}

// Nothing moved: the tiles say so.
function averageLine({ yesterday }: Report, { t, rate }: Locale): CardElement | undefined {
  const { copied, perSecond, bytes } = yesterday;
  if (copied === 0) return undefined;
  return small(t.report.average(rate(perSecond, bytes === null ? undefined : (bytes / copied) * perSecond)), 'Small');
}

function footer({ users, batches, freshness, asOf }: Report, { t, duration }: Locale): string {
  const fresh = freshness === null ? '' : ` · ${t.report.fresh(duration(freshness.median), duration(freshness.worst))}`;
  return `${t.users(users)} · ${t.batches(batches)}${fresh} · ${t.asOf(asOf.slice(11, 16))}`;
}

function buttons({ failures, next, verdict }: Report, { t }: Locale): readonly Button[] {
  const first = next.find((step) => step.do !== 'decide');
  const list: (Button | false)[] = [
    first?.do === 'fix' && {
      title: t.buttons.showFailures,
      action: { verb: 'failures', target: first.batch },
      ...(verdict === 'atRisk' || verdict === 'standsStill' ? { primary: true } : {}),
    },
    first?.do === 'start' && { title: t.buttons.startBatch, action: { verb: 'startBatch', target: first.batch } },
    first?.do === 'resume' && { title: t.buttons.resumeBatch, action: { verb: 'resumeBatch', target: first.batch } },
    first?.do !== 'fix' && failures.length > 0 && { title: t.buttons.failures, action: { verb: 'failures' } },
    next.some((step) => step.do === 'decide') && { title: t.report.decide, action: { verb: 'approvals' } },
    { title: t.buttons.status, action: { verb: 'status' } },
  ];
  return list.filter((button) => button !== false);
}
