import { type Card, SAID, small } from './elements.ts';
import type { Locale } from './locale.ts';

/** An address as cards show it: escaped for Markdown, broken by zero-width spaces, shortened. */
const ADDRESS =
  /([\p{L}\p{N}.!#$%&'*+/=?^_`{|}~\\\u200b…@-]+)@([\p{L}\p{N}\\\u200b…-]+(?:\.[\p{L}\p{N}\\\u200b…-]+)*)/gu;

/** What people read. */
const SHOWN = new Set(['text', 'title', 'value', 'fallbackText', 'legend', 'x', 'label', 'altText']);

/**
 * The card for a conversation of many: whose mailbox it is about stays out of it, the domain and the counts stay. An address
 * is shown where somebody wrote it there: `named`, and what the card repeats of a command.
 */
export function discreet(card: Card, { t }: Locale, named: readonly string[] = []): Card {
  const known = new Set(named.map((address) => address.toLowerCase()));
  let hidden = 0;

  const withoutAddresses = (text: string): string => {
    const masked = text.replaceAll(ADDRESS, (whole, local: string, domain: string) => {
      // "@Bellhop" is nobody's mailbox.
      if (!/[\p{L}\p{N}…]/u.test(local) || known.has(plain(whole))) return whole;
      hidden += 1;
      return `…@${domain}`;
    });
    // "…@example.com, …@example.com" says no more than one of them.
    return masked.replaceAll(/(…@[^\s,]+)(?:, \1(?=[\s,]|$))+/gu, '$1');
  };

  const seen = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return SHOWN.has(key) && !value.startsWith('<at>') ? withoutAddresses(value) : value;
    if (Array.isArray(value)) return value.map((each) => seen(each, key));
    if (typeof value !== 'object' || value === null) return value;
    if (Reflect.get(value, SAID) === true) return value;
    const isAction = String(Reflect.get(value, 'type')).startsWith('Action.');
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        isAction && name !== 'title' && name !== 'card' ? each : seen(each, name),
      ]),
    );
  };

  const body = card.body.map((each) => seen(each, 'body')) as Card['body'];
  const shown: Card = {
    ...card,
    fallbackText: withoutAddresses(card.fallbackText),
    body,
    actions: card.actions.map((each) => seen(each, 'actions')) as Card['actions'],
  };
  return hidden === 0 ? shown : { ...shown, body: [...body, small(t.discreet, 'Small')] };
}

/** The addresses in what somebody wrote. */
export function addressesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(ADDRESS), ([whole]) => plain(whole));
}

function plain(text: string): string {
  return text.replaceAll(/[\\\u200b]|^["'`*_]+/g, '').toLowerCase();
}
