import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

const COMMAND = /^(\w+=\S* )*(npm|npx|node|kubectl|docker|kind|helm|curl|git|export|mongodump|mongorestore) /;
/** To zsh, when it is typed or pasted, `#` is a word like any other, and it takes these for a pattern, a quote or the next command. */
const MORE_THAN_A_WORD = /['"`;|&*?()<>[\]]/;

/** The lines of the blocks of a page that have commands in them. */
function linesToPaste(page: string): string[] {
  // Every second part is in a block, and begins with its language.
  const blocks = readFileSync(join(ROOT, page), 'utf8')
    .split(/^ *```/m)
    .filter((_, index) => index % 2 === 1)
    .map((text) => text.split('\n'))
    .filter(([language = '']) => ['', 'sh', 'bash'].includes(language.trim()))
    .map(([, ...lines]) => lines.map((line) => line.trim()));
  return blocks.filter((lines) => lines.some((line) => COMMAND.test(line))).flat();
}

test.each(pages)(
  'the commands of %s can be pasted into any shell: no comment behind one, and none that zsh splits',
  (page) => {
    const bad = linesToPaste(page).filter((line) =>
      line.startsWith('#') ? MORE_THAN_A_WORD.test(line) : / # /.test(line),
    );
    expect(bad).toEqual([]);
  },
);

test('there are commands to look at', () => {
  expect(pages.flatMap(linesToPaste).length).toBeGreaterThan(100);
});
