import type { Failure } from '../engine/domain/failure.ts';
import {
  type Card,
  type CardElement,
  band,
  bold,
  calling,
  card,
  fromOutside,
  markRow,
  panel,
  section,
  small,
  spacedLine,
  subtle,
  tiles,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { type Mention, mentionText, withMentions } from './mentions.ts';

/** Failures of one cause in one batch, as people are told about them. Times ISO 8601. */
export interface ClusterView {
  readonly batch: string;
  readonly error: Failure;
  /** Users that have it now; 0 once it is solved. */
  readonly count: number;
  readonly sample: readonly string[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly asOf: string;
}

/** One cause, one card: how many, since when, what to do; edited as the number changes, at last "solved". */
export function clusterCard(view: ClusterView, locale: Locale = ENGLISH, mention?: Mention): Card {
  const { t, clock, day, short, title } = locale;
  const { batch, error, asOf } = view;
  const solved = view.count === 0;
  const { message, remedy, code } = locale.failure(error);
  const first = clock(view.firstSeen, asOf);
  const rest = view.count - view.sample.length;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.cluster.what(escapeMarkdown(foreign(batch, 40))),
      tone: solved ? 'done' : 'failed',
      state: solved ? t.cluster.solved : t.failures.open,
      name: title(code),
      sentence: solved ? t.cluster.solvedSince(first) : t.cluster.since(first, view.count),
    }),
    tiles([
      { value: short(view.count), label: t.overview.users, alarming: !solved },
      { value: time(view.firstSeen), label: t.cluster.firstSeen },
      { value: time(view.lastSeen), label: t.cluster.lastSeen },
    ]),
    solved ? undefined : panel(t.user.howToFix, markRow('plain', [fromOutside(remedy, 240)])),
    solved ? undefined : section(t.cluster.known, spacedLine('Small', fromOutside(message, 320))),
    view.sample.length === 0
      ? undefined
      : section(
          t.cluster.who,
          markRow('failed', [
            fromOutside(view.sample.join(', '), 160),
            ...(rest > 0 ? [subtle(t.failures.andMore(rest))] : []),
          ]),
        ),
    mention === undefined || solved ? undefined : calling(t.cluster.please(mentionText(mention))),
    small(`${code} · ${t.asOf(asOf.slice(11, 16))}`),
  ];
  const said = solved ? t.cluster.solvedSince(first) : t.cluster.since(first, view.count).replaceAll('**', '');
  const fallback = `${batch}: ${title(code)}. ${said} ${t.write(`failures ${batch}`)}`;
  const made = card(
    fallback,
    body,
    solved
      ? [{ title: t.buttons.showBatch, action: { verb: 'status', target: batch } }]
      : [
          { title: t.buttons.retry(view.count), action: { verb: 'retry', target: batch } },
          { title: t.buttons.show, action: { verb: 'failures', target: batch } },
          { title: t.buttons.mute, action: { verb: 'mute', target: batch } },
        ],
  );
  return mention === undefined || solved ? made : withMentions(made, [mention]);

  function time(iso: string): string {
    return iso.slice(0, 10) === asOf.slice(0, 10) ? iso.slice(11, 16) : day(iso);
  }
}

/** Many causes at once: one card that names the largest and counts the rest. */
export function digestCard(clusters: readonly ClusterView[], locale: Locale = ENGLISH): Card {
  const { t, title, clock } = locale;
  const users = clusters.reduce((sum, each) => sum + each.count, 0);
  const sorted = [...clusters].sort((a, b) => b.count - a.count);
  const rest = sorted.length - MOST_ROWS;
  const asOf = sorted[0]?.asOf ?? '';
  const sentence = t.cluster.many(users, clusters.length);
  return card(
    `${sentence.replaceAll('**', '')} ${t.write('failures')}`,
    [
      band({ what: t.failures.what, tone: 'failed', state: t.failures.open, name: t.cluster.digest, sentence }),
      section(
        t.cluster.causes,
        ...sorted
          .slice(0, MOST_ROWS)
          .map((each) =>
            markRow(
              'failed',
              [bold(t.users(each.count)), ' · ', title(each.error.code), subtle('  '), fromOutside(each.batch, 40)],
              clock(each.firstSeen, each.asOf).replace(' UTC', ''),
            ),
          ),
        ...(rest > 0 ? [markRow('plain', [t.batch.moreCauses(rest)])] : []),
      ),
      small(`${t.cluster.counted(clusters.length)} · ${t.asOf(asOf.slice(11, 16))}`),
    ],
    [{ title: t.buttons.showFailures, action: { verb: 'failures' }, primary: true }],
  );
}

const MOST_ROWS = 8;
