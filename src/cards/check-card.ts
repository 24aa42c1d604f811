import { problemGroups } from '../engine/domain/batch-check.ts';
import type { CheckView } from '../engine/views.ts';
import {
  type Card,
  type CardElement,
  band,
  bar,
  bold,
  card,
  fromOutside,
  markRow,
  panel,
  section,
  small,
  subtle,
  tiles,
  underRow,
} from './elements.ts';
import type { CardAction } from './card-verbs.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_PROBLEMS = 5;
const MOST_NAMED = 2;

/** The dry run of a batch: who can start, the worst problems, what else is good to know. */
export function checkCard(view: CheckView, locale: Locale = ENGLISH): Card {
  const { t, bytes, clock, count, percent, short, phrase } = locale;
  const { batch, users, checked, ready, problems, finishedAt, items, notes } = view;
  const running = finishedAt === null;
  const bad = problems.length;
  const none = users === 0;
  const tone = running ? 'running' : bad > 0 || none ? 'attention' : 'done';
  const state = running ? t.check.checking : none ? t.check.nothing : bad === 0 ? t.check.ready : t.check.toFix(bad);
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
    running || none
      ? undefined
      : section(
          t.check.passed,
          markRow('done', [bold(t.users(ready)), t.check.signIn]),
          markRow('done', [bold(t.folders(view.folders)), t.check.canRead]),
        ),
    running ? undefined : durationSection(view, locale),
    running || none ? undefined : proofSection(view, locale),
    small(
      finishedAt === null ? t.check.follows : t.check.checked(clock(finishedAt, view.asOf), bytes(view.largestItem)),
    ),
  ];
  const fallback = `${t.check.fallback(batch, count(ready), count(users), count(bad), count(items))} ${t.write(`${none && !running ? 'add users' : 'start batch'} ${batch}`)}`;
  return card(
    fallback,
    body,
    running
      ? []
      : [
          ...(none
            ? [
                {
                  title: t.buttons.addUsers,
                  action: { verb: 'say', text: `add users ${batch}` },
                  primary: true,
                } as const,
              ]
            : []),
          ...(ready > 0 ? [{ title: t.buttons.startBatch, action: startOf(view), primary: true } as const] : []),
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

// Whoever presses it has seen this check: the start is bound to it.
function startOf({ batch, hash }: CheckView): CardAction {
  return hash === undefined
    ? { verb: 'startBatch', target: batch }
    : { verb: 'say', text: `start batch ${batch} check=${hash}` };
}

// By cause: five hundred wrong passwords are one problem.
function problemPanel({ problems }: CheckView, { t, count, title }: Locale): CardElement {
  const groups = problemGroups(problems);
  const rows = groups.slice(0, MOST_PROBLEMS).flatMap(({ code, users }) => {
    const rest = users.length - MOST_NAMED;
    return [
      markRow('failed', [bold(count(users.length)), `  ${title(code)}`]),
      underRow(
        ...users.slice(0, MOST_NAMED).flatMap((user, at) => [subtle(at === 0 ? '' : ', '), fromOutside(user, 60)]),
        ...(rest > 0 ? [subtle(t.check.andMore(rest))] : []),
      ),
    ];
  });
  const rest = groups.slice(MOST_PROBLEMS).reduce((sum, { users }) => sum + users.length, 0);
  return panel(t.check.fixTitle, ...rows, ...(rest > 0 ? [markRow('plain', [t.check.moreUsers(rest)])] : []));
}

function durationSection({ prediction, items, bytes, ready }: CheckView, locale: Locale): CardElement | undefined {
  const { t, duration, rate } = locale;
  if (ready === 0) return undefined;
  if (prediction === undefined) return section(t.check.duration, markRow('plain', [t.check.notMeasured]));
  const { seconds, pace } = prediction;
  const perItem = items === 0 ? 0 : bytes / items;
  const speed = rate(pace.itemsPerSecond, pace.itemsPerSecond * perItem);
  return section(
    t.check.duration,
    markRow('running', [bold(t.check.expected(duration(seconds))), t.check.pace(speed, pace.mailboxes)]),
  );
}

function proofSection({ hash, report }: CheckView, { t }: Locale): CardElement | undefined {
  if (hash === undefined || report === undefined) return undefined;
  return section(
    t.check.proof,
    markRow('done', [bold(t.check.hash(hash)), subtle(t.check.bound)]),
    markRow('done', [t.check.report, fromOutside(report.file, 300)]),
    small(`SHA-256 ${report.sha256}`, 'None'),
  );
}
