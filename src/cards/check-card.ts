import { FAILURES } from '../engine/domain/failure.ts';
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
  tiles,
} from './elements.ts';
import { bytes, clock, count, percent, plural, short } from './format.ts';

const MOST_PROBLEMS = 5;

/** The dry run of a batch: who can start, the worst problems, what else is good to know. */
export function checkCard(view: CheckView): Card {
  const { batch, users, checked, ready, problems, finishedAt, items, notes } = view;
  const running = finishedAt === null;
  const bad = problems.length;
  const tone = running ? 'running' : bad === 0 ? 'done' : 'attention';
  const state = running ? 'Checking' : bad === 0 ? 'Ready' : `${plural(bad, 'user')} to fix`;
  const body: (CardElement | undefined)[] = [
    band({ what: 'Check · nothing was written', tone, state, name: batch, sentence: sentenceOf(view) }),
    running && users > 0
      ? bar(
          [{ share: checked / users, color: 'Accent' }],
          percent(checked, users),
          `${count(checked)} of ${plural(users, 'user')}`,
        )
      : undefined,
    tiles([
      { value: short(items), label: 'Messages' },
      { value: bytes(view.bytes), label: 'Size' },
      { value: short(ready), label: 'Users ready' },
    ]),
    bad === 0 ? undefined : problemPanel(view),
    notes.length === 0
      ? undefined
      : section(
          'Good to know',
          ...notes.map((note) => markRow('attention', [bold(count(note.count)), ` ${note.text}`])),
        ),
    running
      ? undefined
      : section(
          'Passed',
          markRow('done', [bold(plural(ready, 'user')), ' sign in and have a target mailbox']),
          markRow('done', [bold(plural(view.folders, 'folder')), ' can be read']),
        ),
    small(
      finishedAt === null
        ? 'The card follows the check.'
        : `Checked ${clock(finishedAt, view.asOf)}; largest message ${bytes(view.largestItem)}`,
    ),
  ];
  const fallback = `Check of ${batch}: ${count(ready)} of ${count(users)} users ready, ${count(bad)} to fix, ${count(items)} messages. Write: start batch ${batch}`;
  return card(
    fallback,
    body,
    running
      ? []
      : [
          ...(ready > 0
            ? [{ title: 'Start batch', action: { verb: 'startBatch', target: batch }, primary: true } as const]
            : []),
          { title: 'Check again', action: { verb: 'checkBatch', target: batch } },
        ],
  );
}

function sentenceOf({ finishedAt, users, ready, problems }: CheckView): string {
  if (finishedAt === null) return 'Every sign-in, target mailbox and folder is looked at.';
  if (users === 0) return 'The batch has no users yet.';
  if (problems.length === 0) return `All ${plural(users, 'user')} can start now.`;
  return `**${count(ready)} of ${plural(users, 'user')}** can start now. The other ${count(problems.length)} can follow later.`;
}

function problemPanel({ problems }: CheckView): CardElement {
  const rows = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ user, error }) =>
      markRow('failed', [
        { ...(fromOutside(user, 60) as { text: string }), bold: true },
        ` · ${FAILURES[error.code].title.toLowerCase()}`,
      ]),
    );
  const more =
    problems.length > MOST_PROBLEMS ? [markRow('plain', [plural(problems.length - MOST_PROBLEMS, 'more user')])] : [];
  return panel('To fix', ...rows, ...more);
}
