import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { appError } from '../src/errors/app-error.js';

const resolve = createRequire(import.meta.url).resolve;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Terrace API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });\n`;

/** Everything from here, nothing from elsewhere; the page's library sets style attributes. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const files: Readonly<Record<string, { readonly contentType: string; read(): Promise<string | Buffer> }>> = {
  'swagger-ui.css': { contentType: 'text/css; charset=utf-8', read: () => bundled('swagger-ui.css') },
  'swagger-ui-bundle.js': {
    contentType: 'text/javascript; charset=utf-8',
    read: () => bundled('swagger-ui-bundle.js'),
  },
  'start.js': { contentType: 'text/javascript; charset=utf-8', read: () => Promise.resolve(start) },
};

function bundled(name: string): Promise<Buffer> {
  return readFile(resolve(`swagger-ui-dist/${name}`));
}

/** The page on which people read and try the API; works without the internet. */
export function docsPage() {
  return {
    text: page,
    contentType: 'text/html; charset=utf-8',
    headers: { 'Content-Security-Policy': policy },
  };
}

/** A file of the page. Throws `not_found` for any other name. */
export async function docsFile(name: string) {
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) throw appError('not_found', `no file ${name}`);
  return {
    text: await file.read(),
    contentType: file.contentType,
    headers: { 'Cache-Control': 'private, max-age=3600' },
  };
}
