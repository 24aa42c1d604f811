import type { ProbeView } from '../engine/views.ts';
import {
  type Card,
  type CardElement,
  type Tone,
  band,
  card,
  facts,
  fromOutside,
  markRow,
  section,
  small,
} from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** Where a real mail to a user came out: the old mailbox, the new one, both, none. */
export function probeCard(view: ProbeView, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const { identity, done, outcome, host, reply, encrypted, asOf } = view;
  const { tone, state, sentence } = verdictOf(view, locale);
  const body: (CardElement | undefined)[] = [
    band({ what: t.probe.what, tone, state, name: identity, sentence }),
    outcome === null
      ? undefined
      : section(
          t.probe.way,
          facts([
            [t.probe.mx, host ?? t.probe.none],
            ...(outcome === 'taken' ? ([[t.probe.encrypted, encrypted ? t.probe.yes : t.probe.no]] as const) : []),
          ]),
          // Literally: a reply that begins with "2.6.0" is no list.
          ...(reply === '' ? [] : [markRow('plain', [fromOutside(`${t.probe.reply}: ${locale.phrase(reply)}`, 200)])]),
        ),
    outcome === 'taken'
      ? section(t.probe.where, ...(['source', 'target'] as const).map((each) => whereRow(view, each, locale)))
      : undefined,
    done === 0 ? small(t.probe.looking) : small(t.asOf(asOf.slice(11, 16))),
  ];
  return card(`${identity}: ${sentence.replaceAll('**', '')} ${t.write(`probe mail ${identity}`)}`, body);
}

function whereRow(
  { arrivals, blind, source, done }: ProbeView,
  where: 'source' | 'target',
  { t, duration, title }: Locale,
): CardElement {
  const found = arrivals.find((each) => each.where === where);
  const hidden = blind.find((each) => each.where === where);
  const name = where === 'source' ? t.probe.source(foreign(source, 80)) : t.probe.target;
  if (found !== undefined)
    return markRow('done', [fromOutside(name, 120)], duration(Math.max(1, Math.round(found.after / 1000))));
  if (hidden !== undefined)
    return markRow('attention', [fromOutside(`${name}: ${t.probe.blind(title(hidden.reason))}`, 200)]);
  return markRow(
    done === 0 ? 'waiting' : 'stopped',
    [fromOutside(name, 120)],
    done === 0 ? undefined : t.probe.notThere,
  );
}

function verdictOf(
  { identity: _identity, outcome, arrivals, done }: ProbeView,
  { t }: Locale,
): { readonly tone: Tone; readonly state: string; readonly sentence: string } {
  const { states, sentences } = t.probe;
  if (outcome === null) return { tone: 'running', state: states.running, sentence: sentences.sending };
  if (outcome !== 'taken') return { tone: 'failed', state: states.failed, sentence: sentences[outcome] };
  const places = arrivals.map(({ where }) => where);
  if (places.length === 2) return { tone: 'done', state: states.arrived, sentence: sentences.both };
  const [only] = places;
  if (only !== undefined) return { tone: 'done', state: states.arrived, sentence: sentences[only] };
  return done === 0
    ? { tone: 'running', state: states.running, sentence: sentences.taken }
    : { tone: 'failed', state: states.lost, sentence: sentences.lost };
}
