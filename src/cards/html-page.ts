import type { Items } from '../engine/domain/items.ts';
import { type Html, html } from './html.ts';
import { RECORD_STYLE } from './record-style.ts';
import type { Locale } from './locale.ts';

/** A page to read and print: without scripts, nothing from elsewhere. */
export function htmlPage(title: string, body: readonly (Html | undefined)[], { language }: Locale): string {
  const page = html`<!doctype html>
    <html lang="${language}">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <title>${title}</title>
      <style>
        ${{ html: RECORD_STYLE }}
      </style>
      ${body.filter((part) => part !== undefined)}
    </html> `;
  return page.html;
}

/** Figures side by side, each with its name and a word more. */
export function figureTiles(rows: readonly (readonly [name: string, value: string, more: string])[]): Html {
  return html`<dl class="tiles">
    ${rows.map(
      ([name, value, more]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value} <small>${more}</small></dd>
        </div>`,
    )}
  </dl>`;
}

const PLACES = ['copied', 'adopted', 'excluded', 'skipped', 'failed', 'pending'] as const;

/** Where all messages are, as a bar with its legend; the sentence says whether they add up. */
export function booksOf(items: Items, difference: number, { t, count }: Locale): Html {
  const balance = difference === 0 ? t.record.balanced(items.source) : t.record.unbalanced(Math.abs(difference));
  const shown = PLACES.filter((place) => items[place] > 0);
  return html`<h2>${t.record.books}</h2>
    <p class="${difference === 0 ? '' : 'bad'}">${balance}</p>
    <div class="bar">
      ${shown.map((place) => html`<span class="${place}" style="flex-grow:${items[place]}"></span>`)}
    </div>
    <ul class="legend">
      ${shown.map((place) => html`<li><i class="${place}"></i>${count(items[place])} ${t.record.places[place]}</li>`)}
    </ul>`;
}
