import type { Mailbox } from '../directory/directory.ts';
import { parseHeaderBlock } from '../mail/mime-headers.ts';
import type { Item } from '../store/mailbox-store.ts';
import { bytesOf, headerOf } from './fetch-items.ts';
import { flagsOf } from './item-flags.ts';
import { textOf } from './read-commands.ts';
import type { Token } from './read-commands.ts';
import { itemsOf } from './sequence-set.ts';

/** Items that meet all criteria; undefined when one is not understood. */
export function searchItems(
  mailbox: Mailbox,
  items: readonly Item[],
  criteria: readonly Token[],
): readonly Item[] | undefined {
  let found = [...items];
  const words = criteria.map(textOf);
  for (let at = 0; at < words.length;) {
    const word = words[at]?.toUpperCase() ?? '';
    const first = words[at + 1] ?? '';
    if (word === 'ALL') at += 1;
    else if (word === 'UID') {
      const named = itemsOf(items, first, true);
      if (!named) return undefined;
      const numbers = new Set(named.map(([item]) => item.number));
      found = found.filter(({ number }) => numbers.has(number));
      at += 2;
    } else if (word === 'HEADER') {
      const value = words[at + 2] ?? '';
      found = found.filter((item) => hasHeader(mailbox, item, first, value));
      at += 3;
    } else if (word === 'LARGER' || word === 'SMALLER') {
      const size = Number(first);
      found = found.filter((item) => (word === 'LARGER' ? bytesOf(mailbox, item).length > size : bytesOf(mailbox, item).length < size)); // prettier-ignore
      at += 2;
    } else if (word === 'SINCE' || word === 'BEFORE' || word === 'ON') {
      const day = Date.parse(`${first.replaceAll('-', ' ')} UTC`);
      if (Number.isNaN(day)) return undefined;
      const inDay = (ms: number) => (word === 'BEFORE' ? ms < day : word === 'SINCE' ? ms >= day : ms >= day && ms < day + 86_400_000); // prettier-ignore
      found = found.filter(({ receivedAt }) => inDay(receivedAt));
      at += 2;
    } else if (/^(?:UN)?(?:SEEN|FLAGGED|ANSWERED|DRAFT)$/.test(word)) {
      const flag = `\\${word.replace(/^UN/, '').toLowerCase()}`;
      found = found.filter((item) => flagsOf(mailbox, item).some((each) => each.toLowerCase() === flag) !== word.startsWith('UN')); // prettier-ignore
      at += 1;
    } else return undefined;
  }
  return found;
}

function hasHeader(mailbox: Mailbox, item: Item, name: string, value: string): boolean {
  // Exchange answers for the Message-ID from its own property.
  if (name.toLowerCase() === 'message-id') return item.internetMessageId.toLowerCase().includes(value.toLowerCase());
  const headers = parseHeaderBlock(headerOf(bytesOf(mailbox, item)).toString('latin1'));
  return headers.some(
    (header) =>
      header.name?.toLowerCase() === name.toLowerCase() &&
      (header.value ?? '').toLowerCase().includes(value.toLowerCase()),
  );
}
