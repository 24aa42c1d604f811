import type { CloseOut, CloseOutSkipped, CloseOutUser } from '../engine/domain/close-out.ts';
import { inTarget } from '../engine/domain/items.ts';
import type { DataConsistencyScore } from '../engine/domain/score.ts';
import { type Html, html } from './html.ts';
import type { Locale } from './locale.ts';
import { minute } from './format.ts';

const MOST_USERS = 1000;
const MOST_SKIPPED = 500;

const SCORE_TONE: Readonly<Record<DataConsistencyScore, string>> = {
  Perfect: 'good',
  Good: 'fine',
  Investigate: 'warn',
  Poor: 'bad',
};

/** A table; rows that do not fit are in a file of the record. */
export function table(heads: readonly Html[], rows: readonly Html[], hidden: string | undefined): Html {
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${hidden === undefined ? undefined : html`<p class="quiet">${hidden}</p>`}`;
}

function head(text: string): Html {
  return html`<th>${text}</th>`;
}

function numberHead(text: string): Html {
  return html`<th class="number">${text}</th>`;
}

export function usersSection({ users }: CloseOut, locale: Locale): Html {
  const { t } = locale;
  if (users.length === 0) return html``;
  // What needs a look stands first; the rest in the order of the CSV.
  const sorted = [...users.filter(needsALook), ...users.filter((user) => !needsALook(user))];
  const heads = [
    ...[head(t.record.user), head(t.record.status), head(t.record.score), numberHead(t.record.source)],
    ...[numberHead(t.record.inTarget), numberHead(t.record.excluded), numberHead(t.record.notInTarget)],
    ...[head(t.record.lastSync), head(t.record.remarks)],
  ];
  const hidden = users.length > MOST_USERS ? t.record.moreIn(users.length - MOST_USERS, 'users.csv') : undefined;
  return html`<h2>${t.record.users}</h2>
    ${table(
      heads,
      sorted.slice(0, MOST_USERS).map((user) => userRow(user, locale)),
      hidden,
    )}`;
}

function needsALook({ error, items, score }: CloseOutUser): boolean {
  return error !== null || score === 'Poor' || score === 'Investigate' || items.failed + items.pending > 0;
}

function userRow(user: CloseOutUser, { t, count, phrase }: Locale): Html {
  const { address, status, score, items, lastSync, error, reasons } = user;
  const remarks = [
    ...(error === null ? [] : [error]),
    ...reasons.map((reason) => `${count(reason.count)} ${phrase(reason.text)}`),
  ];
  const numbers = [items.source, inTarget(items), items.excluded, items.skipped + items.failed + items.pending];
  return html`<tr>
    <td class="wide">${address}</td>
    <td class="word">${t.status(status)}</td>
    <td class="${score === null ? '' : SCORE_TONE[score]}">${score ?? ''}</td>
    ${numbers.map((value) => html`<td class="number">${count(value)}</td>`)}
    <td class="time">${lastSync === null ? '' : minute(lastSync)}</td>
    <td class="wide">${remarks.join('; ')}</td>
  </tr>`;
}

export function waiversSection({ users }: CloseOut, locale: Locale): Html {
  const { t } = locale;
  const all = users.flatMap((user) => user.skippedItems.map((item) => [user.address, item] as const));
  if (all.length === 0)
    return html`<h2>${t.record.waivers}</h2>
      <p class="good">${t.record.allThere}</p>`;
  const heads = [
    ...[head(t.record.user), head(t.record.folder), numberHead('UID'), numberHead(t.record.size)],
    ...[head(t.record.reason), head(t.record.approvedBy)],
  ];
  const hidden = all.length > MOST_SKIPPED ? t.record.moreIn(all.length - MOST_SKIPPED, 'pack.json') : undefined;
  return html`<h2>${t.record.waivers}</h2>
    ${table(
      heads,
      all.slice(0, MOST_SKIPPED).map(([address, item]) => skippedRow(address, item, locale)),
      hidden,
    )}`;
}

function skippedRow(address: string, item: CloseOutSkipped, { t, count, bytes, reason }: Locale): Html {
  const { approved, kind } = item;
  const waiver =
    approved === null
      ? kind === 'missing'
        ? html`<span class="quiet">${t.record.tried}</span>`
        : html`<span class="warn">${t.record.notApproved}</span>`
      : html`${approved.by}<br /><span class="quiet">${minute(approved.at)}</span>`;
  return html`<tr>
    <td class="wide">${address}</td>
    <td>${item.folder}</td>
    <td class="number">${count(item.uid)}</td>
    <td class="number">${bytes(item.size)}</td>
    <td>${reason(item)}</td>
    <td>${waiver}</td>
  </tr>`;
}

const VERDICT_TONE = { equal: 'good', different: 'bad', unknown: 'warn' } as const;

export function verificationsSection({ users }: CloseOut, locale: Locale): Html {
  const { t } = locale;
  const found = users.filter(({ verification }) => verification !== null);
  if (found.length === 0)
    return html`<h2>${t.record.verifications}</h2>
      <p class="quiet">${t.record.neverVerified}</p>`;
  const heads = [
    ...[head(t.record.user), head(t.record.verdict), numberHead(t.record.compared), numberHead(t.record.found)],
    ...[numberHead(t.record.missing), head(t.record.at), head('SHA-256')],
  ];
  const hidden = found.length > MOST_USERS ? t.record.moreIn(found.length - MOST_USERS, 'pack.json') : undefined;
  return html`<h2>${t.record.verifications}</h2>
    <p class="quiet">${t.record.verificationsNote}</p>
    ${table(
      heads,
      found.slice(0, MOST_USERS).map((user) => verificationRow(user, locale)),
      hidden,
    )}`;
}

function verificationRow({ address, verification: found }: CloseOutUser, { t, count }: Locale): Html {
  if (found === null) return html``;
  const { folders, finishedAt } = found.verification;
  const sum = (of: (folder: (typeof folders)[number]) => number): string =>
    count(folders.reduce((total, folder) => total + of(folder), 0));
  return html`<tr>
    <td class="wide">${address}</td>
    <td class="${VERDICT_TONE[found.verdict]}">${t.record.verdicts[found.verdict]}</td>
    <td class="number">${sum((each) => each.sourceItems)}</td>
    <td class="number">${sum((each) => each.inTarget + each.elsewhere)}</td>
    <td class="number">${sum((each) => each.missing + each.different)}</td>
    <td class="time">${minute(new Date(finishedAt).toISOString())}</td>
    <td><code>${found.sha256}</code></td>
  </tr>`;
}
