import { type Card, band, card, markRow, section, small } from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

export interface SentFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it lies now, checked to be a place of OneDrive. */
  readonly contentUrl?: string;
}

/** A file that was put into the OneDrive of who asked for it. */
export function fileSentCard({ name, bytes, sha256, contentUrl }: SentFile, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  return card(
    t.files.fallback(foreign(name, 80)),
    [
      band({ what: t.files.what, tone: 'done', state: t.files.sent, name, sentence: t.files.sentence }),
      // A TextBlock breaks a long word by itself: the figure stays fit to be copied.
      section(t.files.proof, markRow('done', [locale.bytes(bytes)]), small(`SHA-256 ${sha256}`, 'Small')),
    ],
    contentUrl === undefined ? [] : [{ title: t.files.open, url: contentUrl }],
  );
}
