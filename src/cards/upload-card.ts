import { type Card, band, card, line, small } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { noticeCard } from './notice-card.ts';

export interface UploadCardOptions {
  readonly batch: string;
  readonly url: string;
  /** How long the link is good for. */
  readonly minutes: number;
  /** A terminal has no buttons. */
  readonly inText: boolean;
}

/** The link to the upload page, for one person's eyes. */
export function uploadCard({ batch, url, minutes, inText }: UploadCardOptions, locale: Locale = ENGLISH): Card {
  const { upload: t } = locale.t;
  return card(
    t.fallback(batch, url),
    [
      band({ what: t.what, tone: 'waiting', state: t.state, name: batch, sentence: t.sentence(minutes) }),
      inText ? line(url) : undefined,
      small(t.rules),
    ],
    [{ title: t.open, url, primary: true }],
  );
}

/** Said where others listen: the link went to the person, or where to ask for it. */
export function uploadElsewhereCard(batch: string, command: string | undefined, locale: Locale = ENGLISH): Card {
  const { upload: t } = locale.t;
  const isSent = command === undefined;
  return noticeCard({
    what: t.what,
    tone: isSent ? 'done' : 'attention',
    state: isSent ? t.sentState : t.askThere,
    name: batch,
    sentence: isSent ? t.sent : t.onlyPrivately(command),
  });
}
