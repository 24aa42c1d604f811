import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Locale } from '../../cards/locale.ts';
import { escapeHtml } from '../../cards/html.ts';
import type { UploadState, UploadTicket } from '../../engine/domain/upload.ts';

const STYLE = readFileSync(new URL('./page/upload.css', import.meta.url), 'utf8');
const SCRIPT = readFileSync(new URL('./page/upload.js', import.meta.url), 'utf8');

/**
 * What every page of the upload is sent with. Style and script stand in the page and are allowed by their hash, so that
 * one address is all a proxy has to let through; nothing comes from elsewhere, and nothing of it is kept anywhere.
 */
export function pageHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${sourceHash(SCRIPT)}`,
      `style-src ${sourceHash(STYLE)}`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; '),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'X-Robots-Tag': 'noindex',
    ...(isHttps ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const BELL =
  '<svg class="bell" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/><g><circle cx="16" cy="9.2" r="1.9"/><path d="M16 11.5a9 9 0 0 1 9 9H7a9 9 0 0 1 9-9z"/><rect x="5.5" y="22" width="21" height="2.6" rx="1.3"/></g></svg>';
const ARROW =
  '<svg class="arrow" viewBox="0 0 48 48" aria-hidden="true"><path d="M24 32V10m0 0-9 9m9-9 9 9M8 30v6a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4v-6"/></svg>';
const LOCK =
  '<svg class="lock" viewBox="0 0 20 20" aria-hidden="true"><path d="M6 9V6.5a4 4 0 0 1 8 0V9M4.5 9h11v8h-11z"/></svg>';

/** The page of a link that takes a file. */
export function uploadPage({ batch, endpoint, by, expiresAt }: UploadTicket, locale: Locale, now: number): string {
  const { page: t } = locale.t.upload;
  const [title, to] = [t.title, t.to].map(escapeHtml);
  // The script says what happens while it happens; what came of it the server says.
  const words = JSON.stringify({ ...t, lang: locale.language, left: expiresAt - now }).replaceAll('<', '\\u003c');
  return frame(
    `${title} · Bellhop`,
    locale,
    `<h1>${title} <span>${to} ${escapeHtml(batch)}</span></h1>
<dl class="facts">
<div><dt>${escapeHtml(t.endpoint)}</dt><dd>${escapeHtml(endpoint)}</dd></div>
<div><dt>${escapeHtml(t.by)}</dt><dd>${escapeHtml(by.name)}</dd></div>
<div><dt>${escapeHtml(t.left)}</dt><dd id="left" role="timer">${Math.ceil((expiresAt - now) / 60_000)}:00</dd></div>
</dl>
<noscript><p class="notice">${escapeHtml(t.script)}</p></noscript>
<label class="drop" id="drop">${ARROW}
<strong>${escapeHtml(t.drop)}</strong><span>${escapeHtml(t.or)} <b>${escapeHtml(t.choose)}</b></span><small>${escapeHtml(t.limits)}</small>
<input type="file" id="file" accept=".csv,.txt,.tsv,text/csv,text/plain"></label>
<section class="sending" id="sending" hidden><p><strong id="name"></strong><span id="step"></span></p><progress id="bar" max="1" value="0"></progress></section>
<section class="answer" id="answer" tabindex="-1" hidden aria-live="polite"></section>
<details id="columns"><summary>${escapeHtml(t.columns)}</summary>
<div class="scroll"><table><thead><tr><th>EmailAddress</th><th>UserName</th><th>Password</th></tr></thead>
<tbody><tr><td>lee@contoso.example</td><td>lee</td><td>••••••••</td></tr><tr><td>kim@contoso.example</td><td>kim.b</td><td>••••••••</td></tr></tbody></table></div>
<p>${escapeHtml(t.columnsHint)}</p><button type="button" class="quiet" id="template">${escapeHtml(t.template)}</button></details>
<p class="secret">${LOCK}<span>${escapeHtml(t.secret)}</span></p>
<script type="application/json" id="words">${words}</script><script>${SCRIPT}</script>`,
  );
}

/** The page of a link that takes none. */
export function closedPage(
  state: Exclude<UploadState, 'open'>,
  ticket: UploadTicket | undefined,
  locale: Locale,
): string {
  const { closed } = locale.t.upload;
  const command = `add users ${ticket?.batch ?? '<batch>'}`;
  return frame(
    'Bellhop',
    locale,
    `<h1>${escapeHtml(closed[state])}</h1><p class="notice">${escapeHtml(closed.hint)} <code>${escapeHtml(command)}</code></p>`,
  );
}

function frame(title: string, { language, t }: Locale, content: string): string {
  const other = language === 'de' ? 'en' : 'de';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${STYLE}</style></head>
<body><header>${BELL}<span>Bellhop</span><a href="?lang=${other}" hreflang="${other}" lang="${other}">${escapeHtml(t.upload.page.other)}</a></header>
<main>${content}</main></body></html>
`;
}
