import type { CutoverStep } from '../engine/domain/cutover.ts';
import type { CutoverStatus, CutoverView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bar,
  bold,
  boldFromOutside,
  card,
  fromOutside,
  markRow,
  panel,
  section,
  small,
  subtle,
  underRow,
} from './elements.ts';
import { evidenceSection, stepSections } from './evidence-section.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { forwardingSection } from './staged-card.ts';

const TONE: Readonly<Record<CutoverStatus, Tone>> = {
  working: 'running',
  'needs-people': 'attention',
  'not-ready': 'waiting',
  'needs-dns': 'waiting',
  paused: 'stopped',
  troubled: 'failed',
  finished: 'done',
};
const MOST_HOSTS = 3;

/** Where a cutover stands: what is asked of whom, what was found, and the whole runbook with who decided what. */
export function cutoverCard(view: CutoverView, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const { identity, state, status, stepNumber, stepCount, steps } = view;
  const step = state === 'finished' ? undefined : state;
  const title = step === undefined ? t.cutover.finishedTitle : t.cutover.steps[step].title;
  const over = steps.filter(({ state }) => state === 'done' || state === 'waived').length;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.cutover.what(identity, stepNumber, stepCount),
      tone: TONE[status],
      state: t.cutover.states[status],
      name: title,
      sentence: sentenceOf(view, locale),
    }),
    bar(
      [{ share: over / stepCount, color: status === 'finished' ? 'Good' : 'Accent' }],
      `${over}/${stepCount}`,
      foreign(view.domain, 40),
    ),
    ...askSections(view, locale),
    mxPanel(view, locale),
    view.checks.length === 0 || step === undefined
      ? undefined
      : evidenceSection(view.checks, view.asOf, locale, checkedText(view, locale)),
    ...stagedSections(view, locale),
    lateSection(view, locale),
    runbook(view, locale),
    small(t.cutover.started(escapeMarkdown(foreign(view.startedBy, 60)), locale.clock(view.startDateTime, view.asOf))),
  ];
  const fallback = t.cutover.fallback(identity, stepNumber, stepCount, title, t.cutover.states[status]);
  return card(`${fallback} ${t.write(`cutover ${identity}`)}`, body, buttons(view, locale));
}

function sentenceOf(view: CutoverView, { t, clock, failure }: Locale): string {
  const { state, paused, trouble, goAhead, approval, waitsUntil, asOf, domain } = view;
  if (state === 'finished') return t.cutover.finished(escapeMarkdown(foreign(domain, 80)));
  const { sentence } = t.cutover.steps[state];
  if (paused !== null) {
    const rest = t.cutover.paused(escapeMarkdown(foreign(paused.by, 60)), clock(paused.at, asOf));
    return paused.reason === null ? rest : `${rest} ${escapeMarkdown(foreign(paused.reason, 200))}`;
  }
  if (trouble !== null) return `${t.cutover.troubled} ${escapeMarkdown(foreign(failure(trouble).message, 200))}`;
  if (approval !== null) return `${sentence} ${t.cutover.asked(approval)}`;
  if (waitsUntil !== null) return `${sentence} ${t.cutover.until(clock(waitsUntil, asOf))}`;
  if (goAhead !== null)
    return `${sentence} ${t.cutover.agreed(escapeMarkdown(foreign(goAhead.by, 60)), clock(goAhead.at, asOf))}`;
  return sentence;
}

// Before people say anything they read what happens, whom it affects, and how to get back.
function askSections(view: CutoverView, locale: Locale): readonly CardElement[] {
  const { state, supportedActions, users, domain } = view;
  const asks = supportedActions.includes('goAhead') || supportedActions.includes('confirm');
  return state === 'finished' || !asks ? [] : stepSections(state, { users, domain, checks: view.checks }, locale);
}

// The one thing somebody outside has to do, word for word.
function mxPanel({ state, checks, domain, goAhead }: CutoverView, { t }: Locale): CardElement | undefined {
  if (state !== 'mx-switched' || goAhead === null) return undefined;
  const rows = checks
    .filter(({ name, passed }) => name === 'mx-switched' && !passed)
    .flatMap(({ found }) => {
      const expected: unknown = found['expected'];
      const of = typeof found['domain'] === 'string' ? found['domain'] : domain;
      return Array.isArray(expected) ? expected.map((host: unknown) => t.cutover.setMx(of, String(host))) : [];
    });
  return rows.length === 0
    ? undefined
    : panel(t.cutover.forDns, ...rows.map((row) => markRow('plain', [boldFromOutside(row, 200)])));
}

// Mail of a domain goes one way for all: who is not moved yet is looked after by forwarding, on both sides.
function stagedSections({ identity, checks }: CutoverView, locale: Locale): readonly CardElement[] {
  const staged = checks.find(({ name, passed }) => name === 'staged-users' && !passed);
  const { staged: count, host } = staged?.found ?? {};
  if (typeof count !== 'number' || typeof host !== 'string') return [];
  return [
    forwardingSection(count, host, locale),
    small(locale.t.cutover.stagedList(escapeMarkdown(foreign(identity, 60))), 'Small'),
  ];
}

function checkedText({ checkedDateTime, asOf, paused }: CutoverView, { t, clock }: Locale): string {
  if (checkedDateTime === null) return t.cutover.notChecked;
  return t.cutover.checkedAt(clock(checkedDateTime, asOf), paused !== null);
}

function lateSection({ late, state }: CutoverView, { t, count }: Locale): CardElement | undefined {
  if (late.count === 0 || state === 'finished') return undefined;
  const hosts = hostsOf(late.messages);
  return section(
    t.cutover.lateTitle(late.count),
    markRow('attention', [t.cutover.lateHint]),
    ...hosts
      .slice(0, MOST_HOSTS)
      .map(([host, messages]) => underRow(boldFromOutside(host, 100), subtle(` · ${count(messages)}`))),
    ...(hosts.length > MOST_HOSTS ? [underRow(subtle(t.more(hosts.length - MOST_HOSTS)))] : []),
  );
}

/** The hosts that delivered to the old server, the busiest first. */
export function hostsOf(messages: CutoverView['late']['messages']): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { hosts } of messages) {
    const [host] = hosts;
    if (host !== undefined) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

const MARK: Readonly<Record<CutoverView['steps'][number]['state'], Tone>> = {
  done: 'done',
  waived: 'attention',
  current: 'running',
  ahead: 'waiting',
};

function runbook({ steps, asOf }: CutoverView, { t, clock }: Locale): CardElement {
  return section(
    t.cutover.runbook,
    ...steps.flatMap(({ step, state, at, who, reason }, index): CardElement[] => {
      const title = `${index + 1} ${t.cutover.steps[step].title}`;
      const name = state === 'current' ? bold(title) : state === 'ahead' ? subtle(title) : title;
      const said = state !== 'waived' && who !== null ? [subtle(` · ${t.cutover.by(foreign(who, 60))}`)] : [];
      const row = markRow(MARK[state], [name, ...said], at === null ? undefined : clock(at, asOf));
      const waived =
        state === 'waived' ? t.cutover.waived(foreign(who ?? '', 60), foreign(reason ?? '', 300)) : undefined;
      return waived === undefined ? [row] : [row, underRow(fromOutside(waived, 380))];
    }),
  );
}

// The server checks role, step, evidence and plan again: buttons are for everybody who sees the card.
function buttons(view: CutoverView, { t }: Locale): readonly Button[] {
  const { identity, state, supportedActions, approval, proven, late } = view;
  const say = (words: string, step?: CutoverStep) =>
    ({ verb: 'say', text: [words, identity, ...(step === undefined ? [] : [step])].join(' ') }) as const;
  const can = (action: CutoverView['supportedActions'][number]): boolean => supportedActions.includes(action);
  const lateButton: Button = { title: t.cutover.buttons.late, action: say('late mail') };
  if (state === 'finished') return late.count > 0 ? [lateButton] : [];
  const ready = view.checks.length === 0 || proven;
  return [
    ...(approval === null
      ? []
      : [{ title: t.buttons.show, action: { verb: 'approvals', target: approval }, primary: true } as const]),
    ...(can('goAhead') && approval === null && ready
      ? [{ title: t.cutover.buttons.goAhead, action: say('go ahead', state), primary: true } as const]
      : []),
    ...(can('confirm') && ready
      ? [{ title: t.cutover.buttons.confirm, action: say('confirm step', state), primary: true } as const]
      : []),
    ...(can('continue')
      ? [{ title: t.cutover.buttons.continue, action: say('continue cutover'), primary: true } as const]
      : []),
    { title: t.cutover.buttons.refresh, action: say('cutover') },
    ...(late.count > 0 ? [lateButton] : []),
    ...(can('pause')
      ? [{ title: t.cutover.buttons.pause, action: say('pause cutover'), secondary: true } as const]
      : []),
    ...(can('back') ? [{ title: t.cutover.buttons.back, action: say('back cutover'), secondary: true } as const] : []),
  ];
}
