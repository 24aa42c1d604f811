import { type Button, type Card, type Tone, band, card } from './elements.ts';

export interface Notice {
  readonly what: string;
  readonly tone: Tone;
  readonly state: string;
  readonly name: string;
  /** Markdown of our own. */
  readonly sentence: string;
}

/** A short answer: what was set, in one band. */
export function noticeCard(notice: Notice, buttons: readonly Button[] = []): Card {
  return card(`${notice.name}: ${notice.sentence.replaceAll('**', '')}`, [band(notice)], buttons);
}
