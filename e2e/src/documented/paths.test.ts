import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(__dirname, '..', '..', '..', 'docs');

test('each page of docs is in one of the two paths, Learn or Operate', () => {
  const text = readFileSync(join(DOCS, 'README.md'), 'utf8');
  const [, learn = '', operate = ''] = text.split(/^## (?:Learn|Operate)$/m);
  const listed = [learn, operate].flatMap((path) => [...path.matchAll(/^\| \[[^\]]+\]\(([^)#]+)\) \|/gm)]);
  const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(listed.map(([, page]) => page).sort()).toEqual([...pages, 'decisions/README.md'].sort());
});
