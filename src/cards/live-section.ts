import type { LiveView } from '../engine/views.ts';
import { type CardElement, facts, section } from './elements.ts';
import type { Locale } from './locale.ts';

/**
 * How close the target follows. The time of day comes first: a card stands in the channel for hours, and "5 s behind" would
 * soon be wrong.
 */
export function liveSection(live: LiveView | null, asOf: string, { t, duration }: Locale): CardElement | undefined {
  if (live === null) return undefined;
  const behind = duration((Date.parse(asOf) - Date.parse(live.equalDateTime)) / 1000);
  return section(
    t.live.title,
    facts([
      [t.live.equal, t.live.until(live.equalDateTime.slice(11, 19), behind)],
      [t.live.lag, live.lagSeconds === null ? t.live.noneYet : t.live.atMost(duration(live.lagSeconds))],
    ]),
  );
}
