import type { Failure } from '../engine/domain/failure.ts';
import { type Button, type Card, band, card, fromOutside, markRow, panel, small } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

/**
 * A refusal or error: what it is, why, what to do; the nearest command as a button where one was meant, and
 * the one that comes first where one is missing.
 */
export function errorCard(error: Failure, locale: Locale = ENGLISH, nearest?: string, next?: string): Card {
  const { t } = locale;
  const { code, message, remedy } = locale.failure(error);
  const unknown = code === 'UnknownCommand' && nearest !== undefined;
  const help: Button = { title: t.buttons.help, action: { verb: 'help' } };
  return card(
    `${message} ${remedy}`,
    [
      band({
        what: unknown ? 'Bellhop' : t.error.notDone,
        tone: 'attention',
        state: unknown ? t.error.didYouMean : t.error.notPossible,
        name: unknown ? nearest : locale.title(code),
        sentence: unknown ? t.error.nearest : t.error.unchanged,
      }),
      panel(
        unknown ? t.error.written : t.error.why,
        markRow('plain', [fromOutside(message, 300)]),
        markRow('plain', [fromOutside(remedy, 240)]),
      ),
      small(code),
    ],
    unknown
      ? [{ title: nearest, action: { verb: 'say', text: nearest }, primary: true }, help]
      : [...(next === undefined ? [] : [{ title: next, action: { verb: 'say', text: next } } as const]), help],
  );
}
