import { MigrationError } from '../engine/domain/failure.ts';

/**
 * Where the next page of a list is; undefined at its end. The token goes to Graph as it was set up and nowhere else, whatever a
 * link says: behind a proxy, links name the host behind it, and what they say about the place in the list counts alone.
 */
export function nextPage(link: string | undefined, base: string): string | undefined {
  if (typeof link !== 'string' || link === '') return undefined;
  if (!URL.canParse(link, `${base}/`))
    throw new MigrationError('TargetRefused', { detail: 'a list has a broken link' });
  const url = new URL(link, `${base}/`);
  const { origin } = new URL(base);
  if (url.origin === origin) return url.href;
  const below = /\/v1\.0(\/.*)$/.exec(url.pathname)?.[1];
  return (below === undefined ? origin + url.pathname : base + below) + url.search;
}
