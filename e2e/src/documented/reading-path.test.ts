import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** All lines of a file: code, comments and blank ones. */
const linesOf = (file: string) => read(file).split('\n').length - 1;

const section = /^## Read the heart$([^]*?)^## /m.exec(read('README.md'))?.[1] ?? '';
const rows = [...section.matchAll(/^\| (\d+) \| \[`[^`]+`\]\(([^)]+)\) \| (\d+) \|/gm)];
const files = rows.map(([, , file = '']) => file);

test('the reading path has at most ten source files, numbered in their order', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.length).toBeLessThanOrEqual(10);
  expect(rows.map(([, number]) => Number(number))).toEqual(files.map((_, index) => index + 1));
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((file) => !file.endsWith('.ts') || /\.test\b|\.helper\b|^e2e|^bench|testing/.test(file))).toEqual(
    [],
  );
});

test('the README says the true number of lines of each of them, and of all', () => {
  expect(rows.map(([, , file, lines]) => `${file}: ${lines}`)).toEqual(files.map((f) => `${f}: ${linesOf(f)}`));
  const total = files.reduce((sum, file) => sum + linesOf(file), 0);
  const said = /\*\*([\d,]+) lines in (\d+) files\*\*/.exec(section);
  expect([said?.[1]?.replace(',', ''), said?.[2]]).toEqual([`${total}`, `${files.length}`]);
});
