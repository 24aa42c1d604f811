import type { FolderForecast } from '../engine/domain/sync-forecast.ts';
import type { PlanView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  type Run,
  band,
  bar,
  boldFromOutside,
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
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_ROWS = 8;

/** What the next sync would do, before it does it. */
export function planCard(view: PlanView, locale: Locale = ENGLISH): Card {
  const { t, short, count, percent } = locale;
  const { identity, users, done, copied, moved, flagged, removed, held } = view;
  const running = done < users;
  const failed = view.results.filter((result) => result.error !== null);
  const tone = running ? 'running' : held > 0 || failed.length > 0 ? 'attention' : 'done';
  const state = running
    ? t.plan.running
    : held > 0
      ? t.plan.asks
      : failed.length > 0
        ? t.plan.incomplete
        : t.plan.ready;
  const body: (CardElement | undefined)[] = [
    band({ what: t.plan.what, tone, state, name: identity, sentence: sentenceOf(view, locale) }),
    running && users > 1
      ? bar([{ share: done / users, color: 'Accent' }], percent(done, users), t.check.ofUsers(count(done), users))
      : undefined,
    done === 0
      ? undefined
      : tiles([
          { value: short(copied), label: t.plan.copied },
          { value: short(moved + flagged), label: t.plan.changed },
          { value: short(removed), label: t.plan.removed },
        ]),
    held === 0 ? undefined : panel(t.plan.heldTitle(held), markRow('attention', [t.plan.heldText])),
    users === 1 ? folderSection(view, locale) : userSection(view, locale),
    failed.length === 0
      ? undefined
      : section(
          t.plan.unknown,
          ...failed
            .slice(0, MOST_ROWS)
            .map((result) =>
              markRow('failed', [boldFromOutside(result.identity, 60), subtle(` ${foreign(result.error ?? '', 160)}`)]),
            ),
        ),
    small(`${t.asOf(view.asOf.slice(11, 16))} · ${t.plan.writesNothing}`),
  ];
  const numbers = [copied, moved + flagged, removed, held].map(count);
  const [a = '', b = '', c = '', d = ''] = numbers;
  return card(`${t.plan.fallback(identity, a, b, c, d)} ${t.write(`plan ${identity}`)}`, body, buttons(view, locale));
}

function sentenceOf(
  { users, done, copied, bytes, moved, flagged, removed, held, results }: PlanView,
  locale: Locale,
): string {
  const { t } = locale;
  if (done < users) return t.plan.asking(users);
  if (results.length === 1 && results[0]?.error !== null && results[0]?.error !== undefined) return t.plan.failed;
  if (copied + moved + flagged + removed + held === 0) return t.plan.nothing;
  return t.plan.would(copied, bytes === null ? '' : locale.bytes(bytes), moved, flagged, removed);
}

function folderSection({ results }: PlanView, locale: Locale): CardElement | undefined {
  const folders = [...(results[0]?.folders ?? [])].sort((a, b) => weightOf(b) - weightOf(a));
  if (folders.length === 0) return undefined;
  const rest = folders.length - MOST_ROWS;
  return section(
    locale.t.user.folders,
    ...folders.slice(0, MOST_ROWS).flatMap((folder) => folderRows(folder, locale)),
    ...(rest > 0 ? [markRow('plain', [locale.t.failures.andMore(rest)])] : []),
  );
}

function weightOf({ held, removed, moved, flagged, copied }: FolderForecast): number {
  return held * 1000 + removed * 10 + moved + flagged + copied;
}

function folderRows(folder: FolderForecast, locale: Locale): readonly CardElement[] {
  const { t } = locale;
  const { source, target, renamedFrom, change, held } = folder;
  const name: Run[] = [fromOutside(source, 40)];
  if (renamedFrom !== undefined) name.push(subtle(` ${t.plan.renamed(foreign(renamedFrom, 40))}`));
  else if (change === 'new') name.push(subtle(` ${t.plan.newFolder}`));
  else if (change === 'vanished') name.push(subtle(` ${t.plan.vanished}`));
  else if (target !== '' && target !== source) name.push(subtle(` → ${foreign(target, 40)}`));
  const words = wordsOf(folder, locale);
  return [markRow(held > 0 ? 'attention' : 'plain', name), ...(words === '' ? [] : [underRow(subtle(words))])];
}

function userSection({ results }: PlanView, locale: Locale): CardElement | undefined {
  const busy = results
    .filter(({ copied, moved, flagged, removed, held }) => copied + moved + flagged + removed + held > 0)
    .sort((a, b) => b.held - a.held || b.copied - a.copied);
  if (busy.length === 0) return undefined;
  const rest = busy.length - MOST_ROWS;
  return section(
    locale.t.plan.users,
    ...busy
      .slice(0, MOST_ROWS)
      .flatMap((user) => [
        markRow(user.held > 0 ? 'attention' : 'plain', [fromOutside(user.identity, 60)]),
        underRow(subtle(wordsOf(user, locale))),
      ]),
    ...(rest > 0 ? [markRow('plain', [locale.t.failures.andMore(rest)])] : []),
  );
}

type Counts = Pick<FolderForecast, 'copied' | 'moved' | 'flagged' | 'removed' | 'held' | 'tooLarge'>;

// Short words in the order of their weight: the row has little room.
function wordsOf({ copied, moved, flagged, removed, held, tooLarge }: Counts, { t, short }: Locale): string {
  return [
    held > 0 ? t.plan.words.held(short(held)) : '',
    removed > 0 ? t.plan.words.removed(short(removed)) : '',
    copied > 0 ? t.plan.words.copied(short(copied)) : '',
    moved > 0 ? t.plan.words.moved(short(moved)) : '',
    flagged > 0 ? t.plan.words.flagged(short(flagged)) : '',
    tooLarge > 0 ? t.plan.words.tooLarge(short(tooLarge)) : '',
  ]
    .filter((word) => word !== '')
    .slice(0, 3)
    .join(', ');
}

function buttons(
  { identity, users, done, copied, moved, flagged, removed }: PlanView,
  { t }: Locale,
): readonly Button[] {
  if (done < users) return [];
  const target = identity;
  const worth = copied + moved + flagged + removed > 0;
  return [
    ...(worth ? [{ title: t.buttons.syncNow, action: { verb: 'syncNow', target } } as const] : []),
    { title: t.buttons.planAgain, action: { verb: 'plan', target } },
    { title: t.buttons.show, action: { verb: 'status', target }, secondary: true },
  ];
}
