import type { Failure } from '../engine/domain/failure.ts';
import { type Button, type Card, band, card, fromOutside, markRow, panel, small } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** A refusal or error: what it is, why, what to do; the nearest command as a button where one was meant. */
export function errorCard(error: Failure, locale: Locale = ENGLISH, nearest?: string): Card {
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
    unknown ? [{ title: nearest, action: { verb: 'say', text: nearest }, primary: true }, help] : [help],
  );
}
