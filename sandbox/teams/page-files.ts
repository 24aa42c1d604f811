import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerResponse } from 'node:http';

const PAGE = fileURLToPath(new URL('./page', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Scripts and styles from this origin only, no inline code, no eval, no other host, not inside a frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page; libraries come from node_modules under `/lib/`. Answers 404 itself. */
export async function sendPageFile(path: string, response: ServerResponse): Promise<void> {
  const file = fileFor(path === '/' ? '/index.html' : path);
  const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (file === undefined || content === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'text/javascript; charset=utf-8',
    'content-length': content.length,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cache-control': 'no-cache',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}

function fileFor(path: string): string | undefined {
  const require = createRequire(import.meta.url);
  if (path === '/lib/adaptivecards.js') {
    return join(dirname(require.resolve('adaptivecards/package.json')), 'dist', 'adaptivecards.min.js');
  }
  if (path === '/lib/markdown-it.js') {
    return join(dirname(require.resolve('markdown-it/package.json')), 'dist', 'browser', 'markdown-it.esm.min.mjs');
  }
  const file = join(PAGE, path);
  return file.startsWith(PAGE + sep) && extname(file) in TYPES ? file : undefined;
}
