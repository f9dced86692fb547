import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8').replace(/^ *```[^]*?^ *```/gm, '');

/** All pages of the repository, by their path. */
const pages = ['.', 'docs', 'packages', 'services', 'tools', 'infra', 'bench', 'e2e']
  .flatMap((dir) => {
    const found = readdirSync(join(ROOT, dir), { recursive: dir !== '.', withFileTypes: true });
    return found.map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)));
  })
  .filter((file) => file.endsWith('.md') && !file.includes('node_modules'));

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links to other files of the repository, without those in code. */
function linksOf(page: string): readonly string[] {
  const text = read(page).replace(/`[^`\n]*`/g, 'code');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => (/^[a-z]+:/.test(to) ? [] : [to]));
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

test('every link of every page leads to a file, and to a heading where it names one', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/README.md', 'packages/common/README.md']));
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => isBroken(page, link))
      .map((link) => `${link} in ${page}`),
  );
  expect(broken).toEqual([]);
});

test('each page of docs is in one of the two paths, Learn or Operate', () => {
  const [, learn = '', operate = ''] = read('docs/README.md').split(/^## (?:Learn|Operate)$/m);
  const listed = [learn, operate].flatMap((path) => [...path.matchAll(/^\| \[[^\]]+\]\(([^)#]+)\) \|/gm)]);
  const expected = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
  expect(listed.map(([, page]) => `docs/${page}`).sort()).toEqual([...expected, 'docs/decisions/README.md'].sort());
});
