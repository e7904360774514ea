import { readFileSync, readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

/** The folder of the page in the sources, also where this runs compiled from dist/. */
const PAGE_FOLDER = path.resolve(__dirname.replace(/([\\/])dist([\\/]examples[\\/]crm)$/, '$1$2'), 'page');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads nothing from elsewhere, runs nothing inline, and turns no text into markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** Answers with a file of the page; `false` where the page has no such file. */
export type PageHandler = (name: string, response: ServerResponse) => boolean;

/** Looks up files by name in memory, so that no path of a request reaches the disk. */
export function createPageHandler(): PageHandler {
  const files = new Map(
    readdirSync(PAGE_FOLDER).map((name) => [name, readFileSync(path.join(PAGE_FOLDER, name))]),
  );
  return (name, response) => {
    const content = files.get(name);
    if (content === undefined) return false;
    response.writeHead(200, { 'content-type': CONTENT_TYPES[path.extname(name)] ?? '', ...HEADERS });
    response.end(content);
    return true;
  };
}
