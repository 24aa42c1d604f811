/** The languages Bellhop speaks. */
export type Language = 'en' | 'de';

export const LANGUAGES: readonly Language[] = ['en', 'de'];

/** The language of a locale as Teams sends it ("de-DE", "en-GB"); the fallback for every other. */
export function languageOf(locale: string | undefined, fallback: Language = 'en'): Language {
  const [name = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((language) => language === name) ?? fallback;
}
