import type { SkippedItem } from '../engine/domain/progress.ts';
import type { SkippedView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Run,
  band,
  bold,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
  tiles,
  underRow,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_ITEMS = 12;
const KINDS: readonly SkippedItem['kind'][] = ['large', 'corrupt', 'refused', 'missing'];

/** Messages of a user that are not in the target: how many of which kind, then each with what is known of it. */
export function skippedCard(view: SkippedView, locale: Locale = ENGLISH): Card {
  const { t, short } = locale;
  const { identity, batchId, count: total, unapprovedCount, items, asOf } = view;
  const command = `skipped ${identity}`;
  const kinds = KINDS.map((kind) => ({ kind, found: items.filter((item) => item.kind === kind).length })).filter(
    ({ found }) => found > 0,
  );
  const rest = total - MOST_ITEMS;
  const body: (CardElement | undefined)[] = [
    band({
      what: t.skipped.what(escapeMarkdown(foreign(batchId, 40))),
      tone: total === 0 ? 'done' : unapprovedCount > 0 ? 'attention' : 'waiting',
      state: total === 0 ? t.skipped.none : unapprovedCount > 0 ? t.skipped.open : t.skipped.approvedState,
      name: identity,
      sentence: sentenceOf(view, locale),
    }),
    kinds.length === 0
      ? undefined
      : tiles(kinds.map(({ kind, found }) => ({ value: short(found), label: t.skipped.kinds[kind] }))),
    total === 0
      ? undefined
      : section(t.user.notInTarget, ...items.slice(0, MOST_ITEMS).flatMap((item) => rowsOf(item, asOf, locale))),
    rest > 0 ? markRow('plain', [t.user.moreMessages(rest)]) : undefined,
    small(`${t.asOf(asOf.slice(11, 16))} · ${t.skipped.all(escapeMarkdown(`bellhop ${command} --json`))}`),
  ];
  return card(
    `${t.skipped.fallback(identity, total, unapprovedCount)} ${t.write(command)}`,
    body,
    buttons(view, locale),
  );
}

function sentenceOf({ count: total, unapprovedCount }: SkippedView, { t }: Locale): string {
  if (total === 0) return t.skipped.nothing;
  return unapprovedCount === 0 ? t.skipped.allApproved(total) : t.skipped.unapproved(total, unapprovedCount);
}

function rowsOf(item: SkippedItem, asOf: string, { t, bytes, clock, reason: why }: Locale): readonly CardElement[] {
  const { subject, from, date, size, folder, uid, approved } = item;
  const name: Run[] = [subject === undefined ? `${t.skipped.message} ${uid}` : bold(foreign(subject, 80))];
  if (from !== undefined) name.push(subtle(` · ${foreign(from, 60)}`));
  const about = [
    foreign(folder, 40),
    bytes(size),
    ...(date === undefined ? [] : [new Date(date).toISOString().slice(0, 10)]),
  ];
  const by =
    approved && t.skipped.approvedBy(foreign(approved.by, 40), clock(new Date(approved.at).toISOString(), asOf));
  return [
    markRow(approved === undefined ? 'attention' : 'done', name),
    underRow(subtle(about.join(' · '))),
    underRow(fromOutside(why(item), 160), ...(by === undefined ? [] : [subtle(` · ${by}`)])),
  ];
}

function buttons({ identity, unapprovedCount }: SkippedView, { t }: Locale): readonly Button[] {
  return [
    ...(unapprovedCount > 0
      ? [{ title: t.buttons.approveSkipped, action: { verb: 'approveSkipped', target: identity } } as const]
      : []),
    { title: t.buttons.show, action: { verb: 'status', target: identity }, secondary: true },
  ];
}
