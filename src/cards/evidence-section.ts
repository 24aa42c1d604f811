import type { CutoverStep } from '../engine/domain/cutover.ts';
import type { Check } from '../engine/domain/evidence.ts';
import { type CardElement, type Tone, facts, fromOutside, markRow, panel, section, small, subtle } from './elements.ts';
import type { Locale } from './locale.ts';
import type { FoundText } from './text/en-cutover.ts';

/** What was looked at, what is missing first; words in the language of the reader, names as the world gave them. */
export function evidenceSection(checks: readonly Check[], asOf: string, locale: Locale, footer?: string): CardElement {
  const { t } = locale;
  const ordered = checks.toSorted((a, b) => rank(a) - rank(b));
  return section(
    t.cutover.evidence(checks.filter(({ passed }) => passed).length, checks.length),
    ...ordered.map((check) =>
      markRow(toneOf(check), [
        fromOutside(checkText(check, asOf, locale), 220),
        ...(check.passed || check.required ? [] : [subtle(` · ${t.cutover.notNeeded}`)]),
      ]),
    ),
    ...(footer === undefined ? [] : [small(footer, 'Small')]),
  );
}

function rank({ passed, required }: Check): number {
  return passed ? 2 : required ? 0 : 1;
}

// What only the clock has to bring is no failure.
function toneOf({ passed, required, found }: Check): Tone {
  if (passed) return 'done';
  return !required ? 'attention' : found['until'] === undefined ? 'failed' : 'waiting';
}

/** One check as a sentence. */
export function checkText({ name, passed, found }: Check, asOf: string, { t, clock }: Locale): string {
  const text: FoundText = (field) => {
    const value = found[field];
    if (value === undefined) return '';
    if (field === 'until' && typeof value === 'string') return value === '' ? '' : clock(value, asOf);
    return typeof value === 'object' ? value.join(', ') : String(value);
  };
  const said = t.cutover.checks[name](text, passed);
  // Where a cutover has several domains, each has evidence of its own.
  return found['domain'] === undefined || name === 'domain-verified' ? said : t.cutover.ofDomain(text('domain'), said);
}

/** What a step does, whom it affects, and how to get back: before people agree to it. `command` is what was asked for, in words. */
export function stepSections(
  step: CutoverStep,
  {
    users,
    domain,
    checks,
    command,
  }: {
    readonly users: number;
    readonly domain: string;
    readonly checks: readonly Check[];
    readonly command?: string;
  },
  { t }: Locale,
): readonly CardElement[] {
  const { happens, wayBack } = t.cutover.steps[step];
  return [
    ...(happens.length === 0 ? [] : [section(t.cutover.happens, ...happens.map((each) => markRow('plain', [each])))]),
    panel(
      t.cutover.reach,
      facts([
        [t.cutover.affects, t.cutover.affected(t.users(users), domain, stagedIn(checks))],
        [t.cutover.wayBack, wayBack],
        ...(command === undefined ? [] : ([[t.cutover.command, command]] as const)),
      ]),
    ),
  ];
}

// Who shares the domain is affected as well.
function stagedIn(checks: readonly Check[]): number {
  const staged = checks.find(({ name }) => name === 'staged-users')?.found['staged'];
  return typeof staged === 'number' ? staged : 0;
}
