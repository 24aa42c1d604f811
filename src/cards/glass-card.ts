import type { ApprovalView } from '../engine/views.ts';
import {
  type Card,
  band,
  bold,
  calling,
  card,
  fromOutside,
  markRow,
  panel,
  said,
  section,
  small,
  subtle,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { type Mention, mentionText, withMentions } from './mentions.ts';

/** Somebody decided alone: who, what, why, and whose answer was not waited for. In red, to everybody. */
export function glassCard(view: ApprovalView, locale: Locale = ENGLISH, mentions: readonly Mention[] = []): Card {
  const { t, clock, commandTitle } = locale;
  const { identity, plan, state, needed, decisions, requestedBy, asOf } = view;
  const glass = decisions.find(({ breakGlass }) => breakGlass);
  const name = foreign(glass?.by ?? '', 60);
  const counted = plan.of === 'messages' ? t.messages(plan.count) : t.users(plan.count);
  const waitedFor = needed - decisions.filter(({ breakGlass }) => !breakGlass).length;
  const isVoid = state === 'void';
  const made = card(
    `${t.glass.fallback(identity, name, commandTitle(plan.title))} ${t.write(`approvals ${identity}`)}`,
    [
      band({
        what: t.glass.what(identity),
        tone: 'failed',
        state: t.glass.state,
        name: commandTitle(plan.title),
        sentence: t.glass.sentence(escapeMarkdown(name)) + (isVoid ? ` ${t.glass.undone}` : ''),
      }),
      mentions.length === 0 ? undefined : calling(`${mentions.map(mentionText).join(', ')}: ${t.glass.look}`),
      panel(t.glass.reason, markRow('plain', [fromOutside(glass?.reason ?? '', 300)])),
      section(
        t.glass.about,
        markRow('plain', [said(plan.text, 200)]),
        markRow('plain', [bold(counted), ' · ', fromOutside(plan.sample.join(', '), 160)]),
        markRow('plain', [t.approval.asked(foreign(requestedBy, 60)), subtle(`  ${clock(view.requestedAt, asOf)}`)]),
        markRow('attention', [t.glass.without(Math.max(0, waitedFor))]),
      ),
      small(t.glass.kept),
    ],
    [{ title: t.buttons.show, action: { verb: 'approvals', target: identity } }],
  );
  return withMentions(made, mentions);
}
