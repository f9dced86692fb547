import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { type Response, Router } from 'express';
import { openApiDocument } from '../api/openapi';

/** Files of swagger-ui-dist that the page needs, served from disk as they are. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

// Addresses are absolute, because the page is at /api/docs with and without a final slash. Nothing is inline.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ticketing API</title>
<link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** The badge of the validator would call another host. */
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: 'none' });
`;

/** The page loads from and sends to its own origin only; swagger-ui has its icons as data: addresses. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * `/api/openapi.json` and `/api/docs`, for anyone. Nothing is built before the first request, and swagger-ui is not
 * loaded: its files are streamed from disk. Clients may cache replies for an hour, and then ask by their tag.
 */
export function apiDocsRoutes(): Router {
  const router = Router();
  const document = once(() => tagged(JSON.stringify(openApiDocument())));
  const swaggerUi = once(findSwaggerUi);
  router.get('/api/openapi.json', (_req, res) => {
    send(res, 'application/json', document());
  });
  router.get('/api/docs', (_req, res) => {
    res.set('Content-Security-Policy', POLICY);
    send(res, 'text/html', page);
  });
  router.get('/api/docs/start.js', (_req, res) => {
    send(res, 'text/javascript', start);
  });
  for (const file of FILES) {
    router.get(`/api/docs/${file}`, (_req, res) => {
      const { root, version } = swaggerUi();
      // The tag contains the version, because npm gives the files of every version the same date.
      const headers = { ...cached, ETag: `"${version}"` };
      res.sendFile(file, { root, headers, cacheControl: false, lastModified: false });
    });
  }
  return router;
}

interface Tagged {
  readonly text: string;
  readonly tag: string;
}

const cached = { 'Cache-Control': 'public, max-age=3600' };

function tagged(text: string): Tagged {
  return { text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"` };
}

const page = tagged(PAGE);
const start = tagged(START);

function send(res: Response, type: string, { text, tag }: Tagged): void {
  res.set(cached).set('ETag', tag).type(type).send(text);
}

/** Where swagger-ui-dist is, without loading it. */
function findSwaggerUi(): { root: string; version: string } {
  const manifest = require.resolve('swagger-ui-dist/package.json');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- found only when it is asked for
  return { root: dirname(manifest), version: (require(manifest) as { version: string }).version };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
