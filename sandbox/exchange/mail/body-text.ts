const PREVIEW_LENGTH = 255;
/** Enough markup to find 255 characters of text in. */
const PREVIEW_SOURCE = 8_192;

/** First 255 characters of a body, without markup and runs of white space. */
export function bodyPreview(text: string, contentType: 'text' | 'html'): string {
  const start = text.slice(0, PREVIEW_SOURCE);
  const plain = contentType === 'text' ? start : stripMarkup(start);
  return plain.replaceAll(/\s+/g, ' ').trim().slice(0, PREVIEW_LENGTH);
}

/** Exchange shows an HTML body as a whole document without scripts, whatever was given. */
export function wholeDocument(html: string): string {
  const safe = html.replaceAll(/<script\b[\s\S]*?(?:<\/script\s*>|$)/gi, '');
  if (/<html[\s>]/i.test(safe)) return safe;
  return `<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${safe}</body></html>`;
}

function stripMarkup(html: string): string {
  return html
    .replaceAll(/<(style|script|head)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replaceAll(/<[^>]*(?:>|$)/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
