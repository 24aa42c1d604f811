import type { CheckView } from '../engine/views.ts';
import {
  type Card,
  type CardElement,
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
  tiles,
} from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_PROBLEMS = 5;

/** The dry run of a batch: who can start, the worst problems, what else is good to know. */
export function checkCard(view: CheckView, locale: Locale = ENGLISH): Card {
  const { t, bytes, clock, count, percent, short, phrase } = locale;
  const { batch, users, checked, ready, problems, finishedAt, items, notes } = view;
  const running = finishedAt === null;
  const bad = problems.length;
  const tone = running ? 'running' : bad === 0 ? 'done' : 'attention';
  const state = running ? t.check.checking : bad === 0 ? t.check.ready : t.check.toFix(bad);
  const body: (CardElement | undefined)[] = [
    band({ what: t.check.what, tone, state, name: batch, sentence: sentenceOf(view, locale) }),
    running && users > 0
      ? bar(
          [{ share: checked / users, color: 'Accent' }],
          percent(checked, users),
          t.check.ofUsers(count(checked), users),
        )
      : undefined,
    tiles([
      { value: short(items), label: t.check.messages },
      { value: bytes(view.bytes), label: t.check.size },
      { value: short(ready), label: t.check.usersReady },
    ]),
    bad === 0 ? undefined : problemPanel(view, locale),
    notes.length === 0
      ? undefined
      : section(
          t.check.goodToKnow,
          ...notes.map((note) =>
            markRow(note.kind === 'append-lane' ? 'done' : 'attention', [
              bold(count(note.count)),
              ' ',
              fromOutside(phrase(note.text), 120),
            ]),
          ),
        ),
    running
      ? undefined
      : section(
          t.check.passed,
          markRow('done', [bold(t.users(ready)), t.check.signIn]),
          markRow('done', [bold(t.folders(view.folders)), t.check.canRead]),
        ),
    small(
      finishedAt === null ? t.check.follows : t.check.checked(clock(finishedAt, view.asOf), bytes(view.largestItem)),
    ),
  ];
  const fallback = `${t.check.fallback(batch, count(ready), count(users), count(bad), count(items))} ${t.write(`start batch ${batch}`)}`;
  return card(
    fallback,
    body,
    running
      ? []
      : [
          ...(ready > 0
            ? [{ title: t.buttons.startBatch, action: { verb: 'startBatch', target: batch }, primary: true } as const]
            : []),
          { title: t.buttons.checkAgain, action: { verb: 'checkBatch', target: batch } },
        ],
  );
}

function sentenceOf({ finishedAt, users, ready, problems }: CheckView, { t, count }: Locale): string {
  if (finishedAt === null) return t.check.running;
  if (users === 0) return t.check.noUsers;
  if (problems.length === 0) return t.check.allCan(users);
  return t.check.someCan(count(ready), users, count(problems.length));
}

function problemPanel({ problems }: CheckView, { t, title }: Locale): CardElement {
  const rows = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ user, error }) => markRow('failed', [boldFromOutside(user, 60), subtle(`  ${title(error.code)}`)]));
  const rest = problems.length - MOST_PROBLEMS;
  return panel(t.check.fixTitle, ...rows, ...(rest > 0 ? [markRow('plain', [t.check.moreUsers(rest)])] : []));
}
