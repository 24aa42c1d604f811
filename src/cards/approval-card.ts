import type { ApprovalState } from '../engine/domain/approval.ts';
import { STEP_NAMES } from '../engine/domain/cutover.ts';
import type { ApprovalView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Tone,
  band,
  bold,
  calling,
  card,
  fromOutside,
  markRow,
  panel,
  refreshedFor,
  said,
  section,
  small,
  subtle,
  text,
  underRow,
} from './elements.ts';
import type { ApprovalEyes } from './eyes.ts';
import { evidenceSection, stepSections } from './evidence-section.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { type Mention, mentionText, withMentions } from './mentions.ts';

const TONE: Readonly<Record<ApprovalState, Tone>> = {
  open: 'attention',
  approved: 'running',
  done: 'done',
  rejected: 'failed',
  expired: 'stopped',
  void: 'stopped',
};
const MOST_OPEN = 10;
const ANYBODY: ApprovalEyes = { mayDecide: true, waitingFor: [] };

/** Why a question is shown once more, and whom it rings for. */
export interface ApprovalRing {
  /** `ask`: to people who were not where it was asked. */
  readonly why: 'ask' | 'remind' | 'escalate' | 'expire';
  readonly mentions: readonly Mention[];
}

/** A question to other people: what would be done, who asks, who decided what. Decisions stay on it for good. */
export function approvalCard(
  view: ApprovalView,
  locale: Locale = ENGLISH,
  eyes: ApprovalEyes = ANYBODY,
  ring?: ApprovalRing,
): Card {
  const { t, clock } = locale;
  const { identity, state, plan, planHash, requestedBy, requestedAt, expiresAt, decisions, asOf } = view;
  const counted = plan.of === 'messages' ? t.messages(plan.count) : t.users(plan.count);
  // Loud for good: what one person decided alone does not look like what people agreed to.
  const isAlone = state === 'done' && glassBroken(view);
  const body: (CardElement | undefined)[] = [
    band({
      what:
        plan.cutover === undefined
          ? t.approval.what(identity)
          : `${t.approval.what(identity)} · ${t.cutover.of(foreign(plan.batch ?? '', 40))}`,
      tone: isAlone ? 'attention' : TONE[state],
      state: isAlone ? t.glass.state : t.approval.states[state],
      name: nameOf(plan, locale),
      sentence: sentenceOf(view, eyes, locale),
    }),
    ...ringLine(ring, view, locale),
    ...planSections(view, locale),
    section(
      t.approval.people,
      markRow('waiting', [subtle(`${clock(requestedAt, asOf)}  `), t.approval.asked(foreign(requestedBy, 60))]),
      ...decisions.flatMap(({ by, at, verdict, reason, breakGlass, withdrawn }) => [
        markRow(withdrawn ? 'stopped' : verdict === 'approved' && !breakGlass ? 'done' : 'failed', [
          subtle(`${clock(at, asOf)}  `),
          breakGlass
            ? t.approval.broke(foreign(by, 60))
            : verdict === 'approved'
              ? t.approval.agreed(foreign(by, 60))
              : t.approval.refused(foreign(by, 60)),
        ]),
        ...(withdrawn ? [underRow(subtle(t.approval.withdrawn))] : []),
        ...(reason === null ? [] : [underRow(fromOutside(reason, 300))]),
      ]),
      ...waitingRow(view, eyes, locale),
    ),
    small(
      [
        t.approval.binds(planHash.slice(0, 12)),
        ...(state === 'open' ? [t.approval.until(clock(expiresAt, asOf))] : []),
      ].join(' · '),
    ),
    state === 'open' && !eyes.mayDecide ? small(t.approval.inWords(identity), 'None') : undefined,
  ];
  const fallback = `${t.approval.fallback(identity, nameOf(plan, locale), counted, t.approval.states[state])} ${t.write(`approve ${identity}`)}`;
  const said = ring === undefined ? fallback : `${t.approval.rings[ring.why]} ${fallback}`;
  const shown = withMentions(card(said, body, buttons(view, eyes, locale)), ring?.mentions ?? []);
  return state === 'open' ? refreshedFor(eyes.waitingFor, { of: 'approval', target: identity }, shown) : shown;
}

// Said first: why it is here again, and to whom.
function ringLine(ring: ApprovalRing | undefined, { expiresAt, asOf }: ApprovalView, locale: Locale): CardElement[] {
  if (ring === undefined) return [];
  const { t, clock } = locale;
  const names = ring.mentions.map(mentionText).join(', ');
  const words =
    ring.why === 'expire'
      ? t.approval.rings.expire
      : `${t.approval.rings[ring.why]} ${t.approval.openUntil(clock(expiresAt, asOf))}`;
  return [names === '' ? text(words, { spacing: 'Medium' }) : calling(`${names}: ${words}`)];
}

// A step of a cutover is agreed to with what it does, whom it affects, the way back and the evidence in view.
function planSections({ plan, requestedAt, state }: ApprovalView, locale: Locale): readonly CardElement[] {
  const { t } = locale;
  const { cutover, count: users, sample, text: command } = plan;
  if (cutover === undefined) {
    const counted = plan.of === 'messages' ? t.messages(users) : t.users(users);
    const rest = users - sample.length;
    return [
      panel(
        state === 'done' ? t.approval.planDone : t.approval.plan,
        markRow('plain', [said(command, 200)]),
        markRow('plain', [
          bold(counted),
          ' · ',
          fromOutside(sample.join(', '), 160),
          ...(rest > 0 && plan.of === 'users' ? [subtle(t.failures.andMore(rest))] : []),
        ]),
      ),
    ];
  }
  const { step, domain, checks } = cutover;
  return [
    ...stepSections(step, { users, domain, checks, command }, locale),
    ...(checks.length === 0 ? [] : [evidenceSection(checks, requestedAt, locale)]),
  ];
}

function nameOf({ title, cutover }: ApprovalView['plan'], { t, commandTitle }: Locale): string {
  if (cutover === undefined) return commandTitle(title);
  const words = cutover.asks === 'waive' ? t.cutover.without : t.cutover.stepOf;
  return words(STEP_NAMES.indexOf(cutover.step) + 1, STEP_NAMES.length, t.cutover.steps[cutover.step].title);
}

function glassBroken({ decisions }: Pick<ApprovalView, 'decisions'>): boolean {
  return decisions.some(({ breakGlass }) => breakGlass);
}

const MOST_NAMED = 4;

// Whose answer is waited for, where that is known.
function waitingRow(
  { state }: ApprovalView,
  { waitingFor, mayDecide }: ApprovalEyes,
  { t }: Locale,
): readonly CardElement[] {
  if (state !== 'open' || mayDecide || waitingFor.length === 0) return [];
  const names = waitingFor.slice(0, MOST_NAMED).map(({ name }) => foreign(name, 40));
  const rest = waitingFor.length - names.length;
  return [
    markRow('running', [
      t.approval.waitsFor(names.join(', ')),
      ...(rest > 0 ? [subtle(t.failures.andMore(rest))] : []),
    ]),
  ];
}

function sentenceOf(
  { state, decisions, needed, requestedBy, replacedBy }: ApprovalView,
  { mayDecide, waitingFor }: ApprovalEyes,
  { t }: Locale,
): string {
  const open = needed - decisions.filter(({ withdrawn }) => !withdrawn).length;
  const name = escapeMarkdown(foreign(requestedBy, 60));
  switch (state) {
    case 'open':
      return mayDecide && waitingFor.length > 0 ? t.approval.yours(name) : t.approval.waits(name, open);
    case 'approved':
      return t.approval.beingDone;
    case 'done':
      return glassBroken({ decisions }) ? t.approval.wasDoneAlone : t.approval.wasDone;
    case 'rejected':
      return t.approval.wasRejected;
    case 'expired':
      return t.approval.wasExpired;
    case 'void':
      return replacedBy === null ? t.approval.gone : t.approval.drifted(replacedBy);
  }
}

// The server checks role, person and plan again, whoever sees the buttons.
function buttons(
  { identity, state, replacedBy }: ApprovalView,
  { mayDecide }: ApprovalEyes,
  { t }: Locale,
): readonly Button[] {
  if (state === 'open' && !mayDecide) return [];
  if (state === 'open')
    return [
      { title: t.buttons.approve, action: { verb: 'approve', target: identity }, primary: true },
      {
        title: t.buttons.reject,
        action: { verb: 'reject', target: identity },
        asks: { id: 'reason', label: t.approval.whyNot, missing: t.forms.missing, send: t.approval.rejectNow },
      },
    ];
  return state === 'void' && replacedBy !== null
    ? [{ title: t.buttons.show, action: { verb: 'approvals', target: replacedBy } }]
    : [];
}

/** Everything that waits for somebody to agree. */
export function approvalsCard(
  open: readonly ApprovalView[],
  asOf: string,
  { t, clock, count }: Locale = ENGLISH,
): Card {
  const rows = open
    .slice(0, MOST_OPEN)
    .flatMap(({ identity, plan, requestedBy, expiresAt }): CardElement[] => [
      markRow('attention', [bold(identity), ' · ', said(plan.text)]),
      underRow(subtle(`${t.approval.asked(foreign(requestedBy, 60))} · ${t.approval.until(clock(expiresAt, asOf))}`)),
    ]);
  const rest = open.length - MOST_OPEN;
  return card(
    `${t.approval.listed(open.length)} ${t.write('approvals')}`,
    [
      band({
        what: t.approval.all,
        tone: open.length === 0 ? 'done' : 'attention',
        state: open.length === 0 ? t.approval.none : count(open.length),
        name: t.approval.all,
        sentence: t.approval.listed(open.length),
      }),
      open.length === 0 ? undefined : section(t.approval.waiting, ...rows),
      rest > 0 ? small(t.more(rest)) : undefined,
    ],
    open
      .slice(0, 1)
      .map(
        ({ identity }) => ({ title: t.buttons.showFirst, action: { verb: 'approvals', target: identity } }) as const,
      ),
  );
}
