import type { CsvProblem } from '../engine/domain/csv-problems.ts';
import { FAILURES, type Failure, type FailureCode } from '../engine/domain/failure.ts';
import { bytes, clock, count, day, duration, percent, rate, short, weekday } from './format.ts';
import { germanCommand } from './text/de-commands.ts';
import { DE } from './text/de.ts';
import { EN } from './text/en.ts';
import { germanCsvProblem } from './text/de-csv.ts';
import { germanFailure, germanReason, germanTitle } from './text/de-failures.ts';
import { germanFragment } from './text/de-fragments.ts';
import { germanUsage } from './text/de-usage.ts';
import { type Language, languageOf } from './text/language.ts';

/** Texts, numbers and times of one language: what every card is given beside its view. */
export interface Locale {
  readonly language: Language;
  readonly t: typeof EN;
  readonly count: (value: number) => string;
  readonly short: (value: number) => string;
  readonly bytes: (value: number) => string;
  readonly rate: (items: number, bytesPerSecond?: number) => string;
  readonly duration: (seconds: number) => string;
  readonly percent: (part: number, whole: number) => string;
  readonly clock: (iso: string, now: string) => string;
  readonly weekday: (iso: string) => string;
  readonly day: (iso: string) => string;
  /** Title of a command, as the table has it in English. */
  readonly commandTitle: (title: string) => string;
  /** The usage of a command or an example of it: what is typed stays, what stands for something is translated. */
  readonly usage: (text: string) => string;
  /** Title of a failure. */
  readonly title: (code: FailureCode) => string;
  /** A stored failure in this language. */
  readonly failure: (failure: Failure) => Failure;
  /** A problem of a CSV in this language. */
  readonly problem: (problem: CsvProblem) => CsvProblem;
  /** A short phrase the engine wrote, such as the reason of a score. */
  readonly phrase: (text: string) => string;
  /** Why a message is not in the target. */
  readonly reason: (item: { readonly code: string; readonly reason: string }) => string;
}

function localeOf(language: Language): Locale {
  const german = language === 'de';
  return {
    language,
    t: german ? DE : EN,
    count: (value) => count(value, language),
    short: (value) => short(value, language),
    bytes: (value) => bytes(value, language),
    rate: (items, perSecond) => rate(items, perSecond, language),
    duration: (seconds) => duration(seconds, language),
    percent: (part, whole) => percent(part, whole, language),
    clock: (iso, now) => clock(iso, now, language),
    weekday: (iso) => weekday(iso, language),
    day: (iso) => day(iso, language),
    commandTitle: (title) => (german ? germanCommand(title.toLowerCase())?.title : undefined) ?? title,
    usage: (text) => (german ? germanUsage(text) : text),
    title: (code) =>
      (german ? germanTitle(code) : undefined) ?? (Object.hasOwn(FAILURES, code) ? FAILURES[code].title : code),
    failure: (failure) => (german ? germanFailure(failure) : failure),
    problem: (problem) => (german ? germanCsvProblem(problem) : problem),
    phrase: (text) => (german ? germanFragment(text) : text),
    reason: ({ code, reason }) => (german ? germanReason(code, reason) : reason),
  };
}

const LOCALES: Readonly<Record<Language, Locale>> = { en: localeOf('en'), de: localeOf('de') };

export const ENGLISH = LOCALES.en;

/** The locale of a language, or of a locale as Teams names it ("de-AT"). */
export function localeFor(locale: string | undefined): Locale {
  return LOCALES[languageOf(locale)];
}
