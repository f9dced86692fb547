import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_STYLE } from '@ticketing/charts';
import { build, stop } from 'esbuild';

export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const PAGE = join(__dirname, '..', 'page');
const SOURCE = join(__dirname, '..', '..', 'src', 'page');

/** Below this path is everything of the console but the page itself. */
export const BELOW = '/console';

/**
 * The files of the page, by path. `tsc` has compiled them; they are put together in memory, in about a tenth of a
 * second, so there is no second build that could be forgotten.
 */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const [script, own, icon] = await Promise.all([
    bundle(join(PAGE, 'main.js')),
    bundle(join(SOURCE, 'style', 'main.css')),
    readFile(join(SOURCE, 'style', 'icon.svg'), 'utf8'),
  ]);
  await stop(); // its own process
  return new Map([
    [`${BELOW}/page.js`, { type: 'text/javascript; charset=utf-8', body: script }],
    [`${BELOW}/page.css`, { type: 'text/css; charset=utf-8', body: BASE_STYLE + own }],
    [`${BELOW}/icon.svg`, { type: 'image/svg+xml', body: icon }],
  ]);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, minify: true, write: false, format: 'esm', target: 'es2022' },
    ...{ legalComments: 'none', logLevel: 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}

/** The page, with what names this start. Neither has a character that needs to be escaped. */
export function pageHtml({ token, started }: { readonly token: string; readonly started: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="console-token" content="${token}">
<meta name="console-started" content="${started}">
<title>Ticketing console</title>
<link rel="icon" href="${BELOW}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${BELOW}/page.css">
<script type="module" src="${BELOW}/page.js"></script>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript. What it shows is also told by npm run ops, npm run audit and npm run nats:monitor.</noscript></div>
</body>
</html>
`;
}
