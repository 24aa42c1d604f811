import type { StagedView } from '../engine/views.ts';
import { type Card, band, boldFromOutside, card, fromOutside, markRow, section, small, subtle } from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_USERS = 15;

/** Who stays when the MX of their domain moves, and what they need so that no mail is lost between old and new. */
export function stagedCard({ identity, domain, host, users, asOf }: StagedView, locale: Locale = ENGLISH): Card {
  const { t, count } = locale;
  const none = users.length === 0;
  const rest = users.length - MOST_USERS;
  const sentence = none ? t.cutover.stagedNone : t.cutover.stagedSentence(users.length);
  return card(`${identity}: ${sentence.replaceAll('**', '')} ${t.write(`staged users ${identity}`)}`, [
    band({
      what: t.cutover.stagedWhat(escapeMarkdown(foreign(identity, 60))),
      tone: none ? 'done' : 'attention',
      state: none ? t.cutover.lateState.none : count(users.length),
      name: domain,
      sentence,
    }),
    none ? undefined : forwardingSection(users.length, host, locale),
    none
      ? undefined
      : section(
          t.overview.users,
          ...users
            .slice(0, MOST_USERS)
            .map((user) =>
              markRow('plain', [
                boldFromOutside(user.identity, 80),
                subtle(`  ${foreign(user.batchId, 40)} · ${t.status(user.status)}`),
              ]),
            ),
          ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []),
        ),
    small(t.asOf(asOf.slice(11, 16))),
  ]);
}

/** What has to be set on each side, in the words of each. */
export function forwardingSection(users: number, host: string, { t }: Locale) {
  return section(
    t.cutover.stagedTitle(users),
    markRow('attention', [fromOutside(t.cutover.stagedTarget(host), 400)]),
    markRow('attention', [fromOutside(t.cutover.stagedSource(host), 400)]),
  );
}
