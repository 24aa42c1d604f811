import type { FolderVerification } from '../engine/domain/verification.ts';
import type { VerifyView } from '../engine/views.ts';
import {
  type Button,
  type Card,
  type CardElement,
  band,
  bar,
  boldFromOutside,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
  tiles,
  underRow,
} from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

const MOST_FOLDERS = 8;
const MOST_USERS = 6;

/** Source and target compared afresh: the verdict, where every message is, and what to look at. */
export function verifyCard(view: VerifyView, locale: Locale = ENGLISH): Card {
  const { t, short, count, percent } = locale;
  const { identity, users, done, missing, differentItems } = view;
  const running = done < users;
  const bad = view.different + view.unknown;
  const tone = running ? 'running' : bad === 0 ? 'done' : 'failed';
  const state = running ? t.verify.running : bad === 0 ? t.verify.equal : t.verify.different;
  const body: (CardElement | undefined)[] = [
    band({ what: t.verify.what, tone, state, name: identity, sentence: sentenceOf(view, locale) }),
    running && users > 1
      ? bar([{ share: done / users, color: 'Accent' }], percent(done, users), t.check.ofUsers(count(done), users))
      : undefined,
    done === 0
      ? undefined
      : tiles([
          { value: short(view.sourceItems), label: t.verify.source },
          { value: short(view.inTarget + view.elsewhere), label: t.user.inTarget },
          { value: short(missing + differentItems), label: t.verify.missing, alarming: missing + differentItems > 0 },
        ]),
    accountSection(view, locale),
    differenceSection(view, locale),
    small(footer(view, locale)),
  ];
  return card(
    `${t.verify.fallback(identity, count(view.sourceItems), count(view.inTarget + view.elsewhere), count(missing))} ${t.write(`verify ${identity}`)}`,
    body,
    buttons(view, locale),
  );
}

function sentenceOf(view: VerifyView, { t }: Locale): string {
  const { users, done, different, unknown, missing, differentItems, results } = view;
  if (done < users) return t.verify.comparing(users);
  const [only] = results;
  if (users === 1 && only !== undefined && only.error !== null) return t.verify.failed;
  if (different + unknown === 0) return t.verify.allThere(view.sourceItems);
  return users === 1 ? t.verify.lookAtOne(missing + differentItems) : t.verify.look(different, unknown);
}

// Every message is in exactly one of these rows: they add up to the source.
function accountSection(view: VerifyView, { t, count }: Locale): CardElement | undefined {
  if (view.done === 0) return undefined;
  const { inTarget, elsewhere, skipped, excluded, removedByOwner, missing, differentItems, surplus, doubled } = view;
  const rows: readonly (readonly [number, string, 'done' | 'attention' | 'failed' | 'plain'])[] = [
    [inTarget, t.verify.inTarget, 'done'],
    [elsewhere, t.verify.elsewhere, 'done'],
    [skipped, t.verify.skipped, 'attention'],
    [excluded, t.verify.excluded, 'plain'],
    [removedByOwner, t.verify.removedByOwner, 'plain'],
    [missing, t.verify.missingRow, 'failed'],
    [differentItems, t.verify.differentRow, 'failed'],
  ];
  return section(
    t.verify.account(count(view.sourceItems)),
    ...rows.filter(([value]) => value > 0).map(([value, words, tone]) => markRow(tone, [words], count(value))),
    ...(surplus > 0 ? [markRow('plain', [t.verify.surplus(surplus)])] : []),
    ...(doubled > 0 ? [markRow('attention', [t.verify.doubled(doubled)])] : []),
  );
}

function differenceSection(view: VerifyView, locale: Locale): CardElement | undefined {
  const { t } = locale;
  const bad = view.results.filter((each) => each.verdict !== 'equal');
  if (bad.length === 0) return undefined;
  const rows = bad.slice(0, MOST_USERS).flatMap(({ identity, error, folders }): CardElement[] => [
    markRow('failed', [boldFromOutside(identity, 120)]),
    ...(error === null ? [] : [underRow(fromOutside(error, 200))]),
    ...folders
      .filter((folder) => folder.missing + folder.different > 0)
      .slice(0, MOST_FOLDERS)
      .map((folder) => underRow(fromOutside(folder.source, 60), subtle(` · ${folderWords(folder, locale)}`))),
  ]);
  const rest = bad.length - MOST_USERS;
  return section(t.verify.where, ...rows, ...(rest > 0 ? [markRow('plain', [t.failures.andMore(rest)])] : []));
}

function folderWords({ missing, different, uids }: FolderVerification, { t }: Locale): string {
  const words = [
    ...(missing > 0 ? [t.verify.missingOf(missing)] : []),
    ...(different > 0 ? [t.verify.differentOf(different)] : []),
  ];
  return `${words.join(', ')} (UID ${uids.slice(0, 5).join(', ')}${uids.length > 5 ? ', …' : ''})`;
}

function footer(view: VerifyView, { t }: Locale): string {
  const [only] = view.results;
  if (view.done < view.users || only === undefined) return t.check.follows;
  const hash = view.users === 1 ? t.verify.hash(only.sha256) : t.verify.reports(view.results.length);
  return `${t.asOf(view.asOf.slice(11, 16))} · ${hash}`;
}

function buttons(view: VerifyView, { t }: Locale): readonly Button[] {
  if (view.done < view.users) return [];
  const target = view.identity;
  return [
    { title: t.buttons.verifyAgain, action: { verb: 'verify', target } },
    ...(view.missing > 0 ? [{ title: t.buttons.syncNow, action: { verb: 'syncNow', target } } as const] : []),
    { title: t.buttons.show, action: { verb: 'status', target }, secondary: true },
  ];
}
