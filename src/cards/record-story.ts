import type { AuditEntry } from '../engine/domain/audit-entry.ts';
import { STEP_NAMES } from '../engine/domain/cutover.ts';
import type { CloseOut, CloseOutApproval, CloseOutReport } from '../engine/domain/close-out.ts';
import { minute } from './format.ts';
import { type Html, html } from './html.ts';
import type { Locale } from './locale.ts';
import { table } from './record-tables.ts';
import type { EntryFacts } from './text/en-record.ts';

export function approvalsSection({ approvals }: CloseOut, locale: Locale): Html {
  const { t } = locale;
  return html`<h2>${t.record.approvals}</h2>
    ${approvals.length === 0 ? html`<p class="quiet">${t.record.noApprovals}</p>` : approvals.map((each) => approvalBox(each, locale))}`;
}

const STATE_TONE = { open: 'warn', approved: 'fine', done: 'good', rejected: 'bad', expired: '', void: '' } as const;

function approvalBox(approval: CloseOutApproval, { t }: Locale): Html {
  const { identity, state, text, count, of, planHash, requestedBy, requestedAt, decisions } = approval;
  const counted = of === 'messages' ? t.messages(count) : t.users(count);
  return html`<div class="approval">
    <p>
      <span class="pill ${STATE_TONE[state]}">${t.approval.states[state]}</span><b>${text}</b> · ${counted}
      <span class="quiet">${identity}</span>
    </p>
    <ul>
      <li>${t.record.asked(requestedBy.name, minute(requestedAt))}</li>
      ${decisions.map(
        ({ by, at, verdict, reason, breakGlass, withdrawn }) =>
          html`<li>
            ${breakGlass === true ? t.record.broke(by.name, minute(at)) : verdict === 'approved' ? t.record.agreed(by.name, minute(at)) : t.record.refused(by.name, minute(at))}${reason === null ? undefined : html`: ${reason}`}${withdrawn === true ? html` (${t.record.withdrawn})` : undefined}
          </li>`,
      )}
    </ul>
    <p class="quiet">${t.record.plan} <code>${planHash}</code></p>
  </div>`;
}

export function timelineSection({ entries, earlier }: CloseOutReport, locale: Locale): Html {
  const { t } = locale;
  const rows = entries.map((entry) => timelineRow(entry, locale));
  const hidden = earlier > 0 ? t.record.moreIn(earlier, 'audit.jsonl') : undefined;
  return html`<h2>${t.record.timeline}</h2>
    <p class="quiet">${t.record.timelineNote}</p>
    ${table([], rows, hidden)}`;
}

function timelineRow(entry: AuditEntry, { t, count }: Locale): Html {
  const { seq, at, by, planHash } = entry;
  // The hash of a plan, of a report or of what the DNS said: the beginning, the rest is in audit.jsonl.
  const { evidence, sha256 } = entry.details;
  const hash = [planHash, evidence, sha256].find((each) => typeof each === 'string');
  const plan = typeof hash === 'string' ? html` <code class="quiet">${hash.slice(0, 12)}</code>` : undefined;
  return html`<tr>
    <td class="number quiet">${count(seq)}</td>
    <td class="time quiet">${minute(at)}</td>
    <td class="who">${by === null ? t.record.bellhop : by.name}</td>
    <td>${wordsOf(entry, t)}${plan}</td>
  </tr>`;
}

// Entries of a newer Bellhop have no words here.
function wordsOf(entry: AuditEntry, t: Locale['t']): string {
  const known: ReadonlyMap<string, (facts: EntryFacts) => string> = new Map(Object.entries(t.record.events));
  return known.get(entry.type)?.(factsOf(entry, t)) ?? entry.type;
}

function factsOf({ details }: AuditEntry, t: Locale['t']): EntryFacts {
  const step = STEP_NAMES.find((name) => name === details['step']);
  return {
    number: (name) => (typeof details[name] === 'number' ? details[name] : 0),
    time: (name) =>
      typeof details[name] === 'number'
        ? `${new Date(details[name]).toISOString().slice(0, 16).replace('T', ' ')} UTC`
        : '',
    text: (name) => (typeof details[name] === 'string' ? details[name] : ''),
    step: step === undefined ? '' : t.cutover.steps[step].title,
  };
}

export function speedsSection({ speeds }: CloseOut, { t, count, bytes, duration }: Locale): Html {
  const { firstSyncStarted, firstSyncFinished, firstSyncMessagesPerSecond, bytesPerSecondOfOneMailbox } = speeds;
  if (speeds.syncs === 0)
    return html`<h2>${t.record.speeds}</h2>
      <p class="quiet">${t.record.noSpeeds}</p>`;
  const rows = [
    firstSyncStarted === null || firstSyncFinished === null
      ? undefined
      : [t.record.firstSyncs, t.record.span(minute(firstSyncStarted), minute(firstSyncFinished))],
    [t.record.firstMessages, count(speeds.firstSyncMessages)],
    firstSyncMessagesPerSecond === null
      ? undefined
      : [t.record.overall, t.record.perSecond(count(firstSyncMessagesPerSecond))],
    [t.record.transferred, bytes(speeds.bytesTransferred)],
    bytesPerSecondOfOneMailbox === null ? undefined : [t.record.oneMailbox, `${bytes(bytesPerSecondOfOneMailbox)}/s`],
    [t.record.syncs, t.record.syncTime(speeds.syncs, duration(speeds.syncSeconds))],
  ].filter((row) => row !== undefined);
  return html`<h2>${t.record.speeds}</h2>
    <dl class="facts">
      ${rows.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
}

export function proofSection({ chain, fingerprint }: CloseOutReport, { t }: Locale): Html {
  return html`<h2>${t.record.proof}</h2>
    <p>${t.record.proofText}</p>
    <pre>bellhop verify-record &lt;folder or .zip&gt; key=${fingerprint}</pre>
    <p>${t.record.proofKey}</p>
    <dl class="facts">
      <dt>${t.record.key}</dt>
      <dd><code>${fingerprint}</code></dd>
      <dt>${t.record.chainEnd}</dt>
      <dd>${t.record.entry(chain.seq)} <code>${chain.hash}</code></dd>
    </dl>`;
}
