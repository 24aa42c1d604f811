import { FAILURES, type Failure } from '../engine/domain/failure.ts';
import { type Card, band, card, fromOutside, markRow, panel, small } from './elements.ts';

/** A refusal or error: what it is, why, what to do; the nearest command as a button where one was meant. */
export function errorCard(error: Failure, nearest?: string): Card {
  const { title } = FAILURES[error.code];
  const unknown = error.code === 'UnknownCommand' && nearest !== undefined;
  return card(
    `${error.message} ${error.remedy}`,
    [
      band({
        what: unknown ? 'Bellhop' : 'Not done',
        tone: 'attention',
        state: unknown ? 'Did you mean' : 'Not possible',
        name: unknown ? nearest : title,
        sentence: unknown ? 'That is the nearest command. Write **help** to see all.' : 'Nothing was changed.',
      }),
      panel(
        unknown ? 'What was written' : 'Why',
        markRow('plain', [fromOutside(error.message, 300)]),
        markRow('plain', [fromOutside(error.remedy, 240)]),
      ),
      small(error.code),
    ],
    [{ title: 'Help', action: unknown ? { verb: 'help', target: nearest.split(' ')[0] ?? 'help' } : { verb: 'help' } }],
  );
}
