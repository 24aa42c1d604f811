import { imbalance, inTarget } from '../engine/domain/items.ts';
import type { CloseOut, CloseOutReport, OpenItem } from '../engine/domain/close-out.ts';
import { OPEN_KINDS } from '../engine/domain/close-out.ts';
import { minute } from './format.ts';
import { type Html, html } from './html.ts';
import { booksOf, figureTiles, htmlPage } from './html-page.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { approvalsSection, proofSection, speedsSection, timelineSection } from './record-story.ts';
import { usersSection, verificationsSection, waiversSection } from './record-tables.ts';

/** report.html of a record: what an auditor or a customer reads. One page without scripts, nothing from elsewhere. */
export function recordPage(report: CloseOutReport, locale: Locale = ENGLISH): string {
  const { closeOut } = report;
  const { batch } = closeOut;
  const { t } = locale;
  return htmlPage(
    `${batch.identity} · ${t.record.what}`,
    [
      header(closeOut, locale),
      tiles(closeOut, locale),
      books(closeOut, locale),
      openPoints(closeOut, locale),
      usersSection(closeOut, locale),
      waiversSection(closeOut, locale),
      verificationsSection(closeOut, locale),
      approvalsSection(closeOut, locale),
      timelineSection(report, locale),
      speedsSection(closeOut, locale),
      proofSection(report, locale),
    ],
    locale,
  );
}

function header({ batch, users, asOf, preparedBy, openItems }: CloseOut, { t }: Locale): Html {
  const completed = users.filter(({ status }) => status.startsWith('Completed')).length;
  const verdict =
    users.length === 0
      ? t.record.empty
      : openItems.length > 0
        ? t.record.open(openItems.length)
        : completed === users.length
          ? t.record.closed(users.length)
          : t.record.accounted(users.length);
  const tone = openItems.length === 0 ? 'good' : 'warn';
  const facts = [
    t.record.prepared(minute(asOf), preparedBy.name),
    t.record.endpoint(batch.endpoint),
    t.record.begun(minute(batch.creationDateTime), batch.createdBy),
  ];
  return html`<header>
    <div class="what">${t.record.what}</div>
    <h1>${batch.identity}</h1>
    <p class="verdict"><span class="pill ${tone}">${t.status(batch.status)}</span>${verdict}</p>
    <p class="quiet">${facts.join(' · ')}</p>
  </header>`;
}

function tiles({ users, items, dataConsistencyScore }: CloseOut, { t, count, percent }: Locale): Html {
  const completed = users.filter(({ status }) => status.startsWith('Completed')).length;
  const arrived = inTarget(items);
  const rows = [
    [t.record.users, count(users.length), t.record.completed(completed)],
    [t.record.source, count(items.source), ''],
    [t.record.inTarget, count(arrived), percent(arrived, items.source)],
    [t.record.excluded, count(items.excluded), ''],
    [t.record.notInTarget, count(items.skipped + items.failed + items.pending), ''],
    [t.record.score, dataConsistencyScore ?? t.record.noScore, ''],
  ] as const;
  return figureTiles(rows);
}

function books({ items, reasons, dataConsistencyScore }: CloseOut, locale: Locale): Html {
  const { t, count, phrase } = locale;
  return html`${booksOf(items, imbalance(items), locale)}
  ${items.goneAtSource === 0 ? undefined : html`<p class="quiet">${t.record.gone(items.goneAtSource)}</p>`}
  ${
    dataConsistencyScore === null
      ? undefined
      : reasons.length === 0
        ? html`<p class="quiet">${t.record.perfect}</p>`
        : html`<h2>${t.record.reasons(dataConsistencyScore)}</h2>
            <ul class="points">
              ${reasons.map((reason) => html`<li>${count(reason.count)} ${phrase(reason.text)}</li>`)}
            </ul>`
  }`;
}

const MOST_NAMES = 12;

function openPoints({ openItems }: CloseOut, locale: Locale): Html {
  const { t } = locale;
  const groups = OPEN_KINDS.flatMap((kind) => {
    const found = openItems.filter((item) => item.kind === kind);
    return found.length === 0 ? [] : [openGroup(kind, found, locale)];
  });
  return html`<h2>${t.record.openTitle}</h2>
    ${
      groups.length === 0
        ? html`<p class="good">${t.record.nothingOpen}</p>`
        : html`<ul class="points">
            ${groups}
          </ul>`
    }`;
}

function openGroup(kind: OpenItem['kind'], found: readonly OpenItem[], { t }: Locale): Html {
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const names = found.slice(0, MOST_NAMES).map(({ about }) => about);
  const more = found.length > MOST_NAMES ? `, ${t.record.moreIn(found.length - MOST_NAMES, 'pack.json')}` : '';
  return html`<li><b>${t.record.openKinds[kind](total)}</b> <span class="quiet">${names.join(', ')}${more}</span></li>`;
}
