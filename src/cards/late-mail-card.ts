import type { CutoverView } from '../engine/views.ts';
import { hostsOf } from './cutover-card.ts';
import {
  type Card,
  type CardElement,
  band,
  boldFromOutside,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
  underRow,
} from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_HOSTS = 8;
const MOST_MESSAGES = 10;

/** Who still sends to the old server after the switch: the hosts to change, then the messages they came by. */
export function lateMailCard(view: CutoverView, { t, clock, count }: Locale = ENGLISH): Card {
  const { identity, late, asOf } = view;
  const hosts = hostsOf(late.messages);
  const isHidden = late.messages.some(({ from }) => from === null);
  const none = late.count === 0;
  const rest = late.count - Math.min(MOST_MESSAGES, late.messages.length);
  const body: (CardElement | undefined)[] = [
    band({
      what: t.cutover.lateWhat(identity),
      tone: none ? 'done' : 'attention',
      state: none ? t.cutover.lateState.none : t.cutover.lateState.some,
      name: view.domain,
      sentence: none ? t.cutover.lateNone : t.cutover.lateSentence(late.count),
    }),
    hosts.length === 0
      ? undefined
      : section(
          t.cutover.lateHosts,
          ...hosts
            .slice(0, MOST_HOSTS)
            .map(([host, messages]) => markRow('attention', [boldFromOutside(host, 100)], count(messages))),
        ),
    none
      ? undefined
      : section(
          t.cutover.lateMessages,
          ...late.messages
            .slice(0, MOST_MESSAGES)
            .flatMap(({ user, at, from, hosts }): CardElement[] => [
              markRow(
                'plain',
                [...(from === null ? [] : [boldFromOutside(from, 80), ' → ']), fromOutside(user, 80)],
                clock(at, asOf),
              ),
              underRow(
                subtle(hosts.length === 0 ? t.cutover.noHost : t.cutover.lateFrom(foreign(hosts.join(', '), 240))),
              ),
            ]),
        ),
    rest > 0 || (isHidden && !none)
      ? small(
          [rest > 0 ? t.more(rest) : '', isHidden ? t.cutover.lateHidden : '']
            .filter((each) => each !== '')
            .join(' · '),
        )
      : undefined,
  ];
  const words = none ? t.cutover.lateNone : t.cutover.lateSentence(late.count).replaceAll('**', '');
  return card(`${identity}: ${words} ${t.write(`late mail ${identity}`)}`, body);
}
