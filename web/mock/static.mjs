import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
};

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Serves dist/ under the headers of the real server; `false` when there is no such file. */
export async function serveFile(path, response) {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = types[name.split('.').pop()];
  if (!type || name.includes('..')) return false;
  const body = await readFile(dist + name).catch(() => null);
  if (!body) return false;
  response.writeHead(200, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    ...(name === 'index.html' ? { 'content-security-policy': pagePolicy } : {}),
  });
  response.end(body);
  return true;
}
