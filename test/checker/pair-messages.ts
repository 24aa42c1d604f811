import type { SourceMessage } from './read-source.ts';
import type { TargetItem } from './target-item.ts';

export interface Pair {
  readonly source: SourceMessage;
  readonly target: TargetItem;
  readonly by: 'marker' | 'content';
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly lost: readonly SourceMessage[];
  /** Items that repeat the marker or the content of a paired one. */
  readonly doubled: readonly TargetItem[];
  /** Bellhop's items without a message at the source: removed there later, or never there. */
  readonly orphans: readonly TargetItem[];
  /** Items that Bellhop did not write. */
  readonly foreign: readonly TargetItem[];
}

/**
 * Finds the item of each message: by the marker, and for mail that was moved or whose folder got a new UIDVALIDITY by
 * its content, in the right folder first. A multiset: two equal mails need two items.
 */
export function pairMessages(
  messages: readonly SourceMessage[],
  items: readonly TargetItem[],
  login: string,
  isRightFolder: (message: SourceMessage, item: TargetItem) => boolean,
): Pairing {
  const ours = items.filter(({ marker }) => marker !== undefined);
  const byOrigin = Map.groupBy(ours, ({ marker }) => originOf(marker ?? ''));
  const free = new Set(ours);
  const doubled: TargetItem[] = [];
  const pairs: Pair[] = [];
  const unpaired: SourceMessage[] = [];

  for (const source of messages) {
    const [target, ...more] = byOrigin.get(`${login}|${source.path}|${source.uidValidity}|${source.uid}`) ?? [];
    if (target === undefined) {
      unpaired.push(source);
      continue;
    }
    pairs.push({ source, target, by: 'marker' });
    free.delete(target);
    for (const item of more) {
      doubled.push(item);
      free.delete(item);
    }
  }
  const byContent = Map.groupBy(free, contentOfItem);
  const lost = unpaired.filter((source) => {
    const candidates = (byContent.get(contentOfMessage(source)) ?? []).filter((item) => free.has(item));
    const right = candidates.filter((item) => isRightFolder(source, item));
    // Of equal mails each is as good as the other: which one was read or flagged decides.
    const target = right.find((item) => hasFlagsOf(source, item)) ?? right[0] ?? candidates[0];
    if (target === undefined) return true;
    pairs.push({ source, target, by: 'content' });
    free.delete(target);
    return false;
  });

  // What is left twice in one folder is doubled, wherever its marker says it came from.
  const known = new Set(pairs.map(({ target }) => placeAndContent(target)));
  const origins = new Set<string>();
  const orphans: TargetItem[] = [];
  for (const item of free) {
    const origin = originOf(item.marker ?? '');
    const isRepeated = origins.has(origin) || (known.has(placeAndContent(item)) && item.anchor !== 'deleteditems');
    (isRepeated ? doubled : orphans).push(item);
    origins.add(origin);
  }
  return { pairs, lost, doubled, orphans, foreign: items.filter(({ marker }) => marker === undefined) };
}

function hasFlagsOf({ flags }: SourceMessage, { isRead, isFlagged, isAnswered }: TargetItem): boolean {
  return (
    flags.has('\\Seen') === isRead && flags.has('\\Flagged') === isFlagged && flags.has('\\Answered') === isAnswered
  );
}

/** A marker without its run: the identity of the message at the source. */
function originOf(marker: string): string {
  return marker.slice(0, marker.lastIndexOf('|'));
}

function contentOfMessage({ internalDate, messageId, subject, from }: SourceMessage): string {
  return contentKey(internalDate, messageId ?? subject ?? from ?? '');
}

function contentOfItem({ receivedAt, messageId, subject, from }: TargetItem): string {
  return contentKey(receivedAt, messageId ?? (subject === '' ? (from ?? '') : subject));
}

function contentKey(receivedAt: number, name: string): string {
  return `${receivedAt} ${name.replaceAll(/\s+/g, ' ').trim()}`;
}

function placeAndContent(item: TargetItem): string {
  return JSON.stringify([
    item.anchor,
    item.names,
    contentOfItem(item),
    item.text.length,
    item.attachments.map(({ exactHash }) => exactHash),
  ]);
}
