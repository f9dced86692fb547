import { escape } from './escape';
import { BASE_STYLE } from './style';

export interface Page {
  readonly title: string;
  /** CSS after the base style. */
  readonly style: string;
  /** HTML below the title. */
  readonly body: string;
  readonly script?: string;
}

/** One self-contained HTML document: it needs no network and no other file. */
export function htmlPage({ title, style, body, script }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${BASE_STYLE}${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

export interface Card {
  readonly title: string;
  readonly good: boolean;
  /** The text at the right of the title, green or red. */
  readonly verdict: string;
  /** HTML below the title. */
  readonly body: string;
  /** Attributes of the whole card, with escaped values. */
  readonly attributes?: string;
  readonly hero?: boolean;
}

/** A chart with its title and a short description. */
export function cardOf({ title, good, verdict, body, attributes = '', hero = false }: Card): string {
  return `<article class="card${hero ? ' hero' : ''}"${attributes && ` ${attributes}`}><header><h3>${escape(title)}</h3><span class="verdict ${good ? 'good' : 'bad'}">${escape(verdict)}</span></header>
${body}</article>`;
}

/** The signs of the charts, each with its meaning; both are HTML. */
export function legendOf(signs: readonly (readonly [sign: string, words: string])[]): string {
  return `<ul class="legend">\n${signs.map(([sign, words]) => `<li>${sign}${words}</li>`).join('\n')}\n</ul>`;
}

/** A table that scrolls if it is wider than the page. Heads and rows are HTML; a row is a whole `tr`. */
export function tableOf(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead>\n<tbody>${rows.join('\n')}</tbody></table></div>`;
}
