import { endangers } from '../engine/domain/cutover-outlook.ts';
import { inTarget } from '../engine/domain/items.ts';
import { minute } from './format.ts';
import { type Html, html } from './html.ts';
import { booksOf, figureTiles, htmlPage } from './html-page.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { table } from './record-tables.ts';
import { type Report, dayOf } from './report-sections.ts';

/** The daily report as a page: what the card says, with whole lists. Without scripts, nothing from elsewhere. */
export function reportPage(report: Report, locale: Locale = ENGLISH): string {
  const { t } = locale;
  return htmlPage(
    t.report.what(report.date),
    [
      header(report, locale),
      figures(report, locale),
      cutovers(report, locale),
      burnDown(report, locale),
      approvals(report, locale),
      stages(report, locale),
      booksOf(report.items, report.difference, locale),
      deductions(report, locale),
      failures(report, locale),
      risks(report, locale),
    ],
    locale,
  );
}

function header(report: Report, locale: Locale): Html {
  const { t } = locale;
  return html`<header>
    <div class="what">${t.report.what(dayOf(report.date, locale))}</div>
    <h1>${t.report.name}</h1>
    <p class="verdict">
      <span class="pill ${TONE[report.verdict]}">${t.report.verdicts[report.verdict]}</span>
      ${t.users(report.users)} · ${t.batches(report.batches)}
    </p>
    <p class="quiet">${minute(report.asOf)} UTC</p>
  </header>`;
}

const TONE: Readonly<Record<Report['verdict'], string>> = {
  nothing: 'fine',
  notStarted: 'fine',
  done: 'good',
  onTrack: 'fine',
  atRisk: 'warn',
  standsStill: 'bad',
};

function figures({ yesterday, items }: Report, { t, count, bytes, rate, percent }: Locale): Html {
  const perMessage =
    yesterday.bytes === null || yesterday.copied === 0 ? undefined : yesterday.bytes / yesterday.copied;
  const speed = rate(yesterday.perSecond, perMessage === undefined ? undefined : perMessage * yesterday.perSecond);
  const rows: readonly (readonly [string, string, string])[] = [
    [t.report.copied(yesterday.whole), count(yesterday.copied), yesterday.copied === 0 ? '' : speed],
    [t.report.volume, yesterday.bytes === null ? '–' : bytes(yesterday.bytes), ''],
    [t.report.usersSynced, count(yesterday.users), ''],
    [t.record.inTarget, count(inTarget(items)), percent(inTarget(items), items.source)],
  ];
  return figureTiles(rows);
}

function cutovers(report: Report, locale: Locale): Html | undefined {
  const { t, clock, short } = locale;
  const rows = report.cutovers.map((each) => {
    const left = each.pending > 0 ? t.messages(each.pending) : t.users(each.usersLeft);
    const end = each.finishAt === null ? '' : clock(new Date(each.finishAt).toISOString(), report.asOf);
    const words = t.report.outlooks[each.outlook](left, end, short(each.neededPerDay ?? 0));
    return row(
      each.batch,
      dayOf(each.date, locale),
      html`<span class="${endangers(each) ? 'warn' : ''}">${words}</span>`,
    );
  });
  return titled(t.report.cutovers, rows);
}

function burnDown({ burnDown: days }: Report, locale: Locale): Html | undefined {
  const rows = days.map(({ date, pending }) => row(dayOf(date, locale), locale.count(pending)));
  return titled(locale.t.report.left, rows);
}

function approvals({ approvals: waiting, asOf }: Report, { t, clock }: Locale): Html | undefined {
  const rows = waiting.map(({ identity, title, batch, requestedBy, requestedAt }) =>
    row(identity, title, batch ?? '', t.report.askedBy(requestedBy, clock(new Date(requestedAt).toISOString(), asOf))),
  );
  return titled(t.report.approvals, rows);
}

function stages({ funnel }: Report, { t, count }: Locale): Html | undefined {
  const names = Object.keys(funnel) as (keyof Report['funnel'])[];
  const rows = names.filter((name) => funnel[name] > 0).map((name) => row(count(funnel[name]), t.report.stages[name]));
  return titled(t.report.users, rows);
}

function deductions({ scores, deductions: list }: Report, { t, count, phrase }: Locale): Html | undefined {
  const grades = (['Perfect', 'Good', 'Investigate', 'Poor'] as const).filter((grade) => scores[grade] > 0);
  const rows = [
    ...grades.map((grade) => row(grade, t.users(scores[grade]))),
    ...list.map((reason) => row(t.messages(reason.count), phrase(reason.text))),
    ...(scores.none > 0 ? [row(t.report.ungraded(count(scores.none)), '')] : []),
  ];
  return titled('DataConsistencyScore', rows);
}

function failures({ failures: list }: Report, { t, title }: Locale): Html | undefined {
  const rows = list.map(({ batch, code, count: users }) =>
    row(t.users(users), title(code), batch, html`<code>${code}</code>`),
  );
  return titled(t.failures.what, rows);
}

function risks({ atRisk, atRiskTotal }: Report, { t }: Locale): Html | undefined {
  const rows = atRisk.map(({ identity, why }) => row(identity, t.report.risks[why]));
  const rest = atRiskTotal - atRisk.length;
  return titled(t.report.atRisk, rows, rest > 0 ? t.record.moreIn(rest, 'CSV') : undefined);
}

function row(...cells: readonly (string | Html)[]): Html {
  return html`<tr>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

function titled(title: string, rows: readonly Html[], hidden?: string): Html | undefined {
  return rows.length === 0
    ? undefined
    : html`<h2>${title}</h2>
        ${table([], rows, hidden)}`;
}
