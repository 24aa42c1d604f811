import { type Card, band, bold, card, fromOutside, markRow, panel, subtle } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

export interface Question {
  /** The command as it was given, without the confirmation. */
  readonly text: string;
  /** What it does, as a title: "Sync now". */
  readonly title: string;
  readonly count: number;
  readonly sample: readonly string[];
  /** What is counted; users when absent. */
  readonly of?: 'messages';
}

/** Asked before a command that touches many: exactly how many, a few of them, and the words that confirm it. */
export function confirmCard(
  { text, title: asked, count, sample, of }: Question,
  { t, commandTitle }: Locale = ENGLISH,
): Card {
  const title = commandTitle(asked);
  const counted = of === 'messages' ? t.messages(count) : t.users(count);
  const confirmed = `${text} confirm=${count}`;
  const rest = count - sample.length;
  return card(
    `${t.confirm.asks(title, counted)} ${t.write(confirmed)}`,
    [
      band({
        what: t.confirm.what,
        tone: 'attention',
        state: t.confirm.state,
        name: title,
        sentence: t.confirm.asks(title, counted),
      }),
      panel(
        t.confirm.whom,
        markRow('plain', [
          bold(counted),
          ' · ',
          fromOutside(sample.join(', '), 160),
          ...(rest > 0 && of === undefined ? [subtle(t.failures.andMore(rest))] : []),
        ]),
        markRow('plain', [t.confirm.changes]),
      ),
    ],
    [{ title: t.confirm.yes(counted), action: { verb: 'say', text: confirmed }, primary: true }],
  );
}
