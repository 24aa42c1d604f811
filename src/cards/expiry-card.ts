import type { Card } from './elements.ts';
import { foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { noticeCard } from './notice-card.ts';

export interface Expiring {
  readonly batch: string;
  /** ms since 1970 UTC */
  readonly end: number;
  readonly now: number;
}

/** What ends by itself is said before it does, with what keeps it. */
export function expiryCard({ batch, end, now }: Expiring, { t, clock }: Locale = ENGLISH): Card {
  const at = clock(new Date(end).toISOString(), new Date(now).toISOString());
  return noticeCard(
    {
      what: t.expiry.what,
      tone: 'attention',
      state: t.expiry.state,
      name: foreign(batch, 64),
      sentence: t.expiry.sentence(at),
    },
    [{ title: t.buttons.showBatch, action: { verb: 'status', target: batch } }],
  );
}
