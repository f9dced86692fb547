// Part of `npm run lint`: every relative link in a page of this folder leads to a file and, where it names one, to a heading.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.data', '.cache', '.nx', 'coverage']);
const root = resolve(process.argv[2] ?? '.');

/** All pages, by their path. */
function pagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** The lines of a page outside of code blocks, with their numbers; inline code has no links in it. */
function proseOf(page) {
  let fence;
  return readFileSync(page, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => {
      const [, mark] = /^\s*(`{3,}|~{3,})/.exec(text) ?? [];
      if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
        fence = fence === undefined ? mark : undefined;
        return false;
      }
      return fence === undefined;
    });
}

/** The anchors of a page, as GitHub makes them: of its headings, numbered where one occurs again, and of elements with an id. */
function anchorsOf(page) {
  const anchors = new Set();
  for (const { text } of proseOf(page)) {
    for (const [, id] of text.matchAll(/<\w+ (?:id|name)="([^"]+)"/g)) anchors.add(id);
    const [, heading] = /^#+ (.*?)(?: #+)?$/.exec(text) ?? [];
    if (heading === undefined) continue;
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = shown.replace(/[^\p{L}\p{M}\p{N} _-]/gu, '').replaceAll(' ', '-');
    let free = anchor;
    for (let n = 1; anchors.has(free); n += 1) free = `${anchor}-${n}`;
    anchors.add(free);
  }
  return anchors;
}

/** Links of the three kinds: `[text](to)`, `[name]: to`, and those of elements. */
function linksOf(page) {
  return proseOf(page).flatMap(({ text, line }) => {
    const prose = text.replace(/(`+)(?:(?!\1).)+\1/g, 'code');
    const found = [
      ...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g),
      ...prose.matchAll(/^\s*\[[^\]]+\]:\s+<?([^\s>]+)/g),
      ...prose.matchAll(/<\w+ [^>]*(?:href|src)="([^"]+)"/g),
    ];
    return found.map(([, to]) => ({ to, line }));
  });
}

/** What is wrong with a link; undefined when nothing is, or when it leads to another place than these files. */
function problemOf(page, to) {
  if (/^[a-z][a-z+.-]*:|^\/\//i.test(to)) return undefined;
  const [path, anchor] = to.split('#');
  const target = path === '' ? page : resolve(dirname(page), decodeURIComponent(path));
  if (relative(root, target).startsWith('..')) return 'leads out of this folder';
  if (!existsSync(target)) return 'there is no such file';
  if (!anchor || statSync(target).isDirectory() || !target.endsWith('.md')) return undefined;
  return anchorsOf(target).has(decodeURIComponent(anchor)) ? undefined : 'there is no such heading';
}

const pages = pagesIn(root);
const problems = pages.flatMap((page) =>
  linksOf(page).flatMap(({ to, line }) => {
    const problem = problemOf(page, to);
    return problem === undefined ? [] : [`${relative(root, page)}:${line}: ${to}: ${problem}`];
  }),
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (pages.length === 0) process.stderr.write(`There are no pages in ${root}.\n`);
process.exitCode = problems.length > 0 || pages.length === 0 ? 1 : 0;
