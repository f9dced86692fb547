import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROGRAM = join(__dirname, '..', '..', 'run', 'check-links.mjs');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'links-'));
  put(
    'docs/there.md',
    '# One: a `thing`, twice!\n## One: a thing, twice\n<a id="by-hand"></a>\n```\n# no heading\n```\n',
  );
  put('src/file.ts', '');
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
}

function check() {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, dir], { encoding: 'utf8' });
  return { status, said: stderr.trimEnd().split('\n') };
}

test('links that lead somewhere are right', () => {
  put(
    'README.md',
    [
      '# Top\n[a](docs/there.md) [b](docs/there.md#one-a-thing-twice) [c](docs/there.md#one-a-thing-twice-1) [d](#top)',
      '[e](docs) [f](src/file.ts) ![g](<src/file.ts> "title") [h](docs/there.md#by-hand) [i]: not-a-definition',
      '[other](https://example.org/gone) [mail](mailto:a@b.c) `[code](gone.md)` ``[code` too](gone.md)``',
      '```\n[in a block](gone.md)\n```\n[ref]: src/file.ts',
    ].join('\n'),
  );
  expect(check()).toEqual({ status: 0, said: [''] });
});

test.each([
  ['[a](gone.md)', 'gone.md: there is no such file'],
  ['![picture](gone.png)', 'gone.png: there is no such file'],
  ['[ref]: gone.md', 'gone.md: there is no such file'],
  ['<img width="10" src="gone.svg">', 'gone.svg: there is no such file'],
  ['[a](docs/there.md#two)', 'docs/there.md#two: there is no such heading'],
  ['[a](docs/there.md#no-heading)', 'docs/there.md#no-heading: there is no such heading'],
  ['[a](docs/there.md#one-a-thing-twice-2)', 'docs/there.md#one-a-thing-twice-2: there is no such heading'],
  ['[a](#two)', '#two: there is no such heading'],
  ['[a](../outside.md)', '../outside.md: leads out of this folder'],
  ['```\ncode\n```\n[after a block](gone.md)', 'gone.md: there is no such file'],
])('%s is named with its line', (link, problem) => {
  put('README.md', `# Top\n${link}\n`);
  const line = link.split('\n').length + 1;
  expect(check()).toEqual({ status: 1, said: [`README.md:${line}: ${problem}`] });
});

test('a folder without pages is not right', () => {
  rmSync(join(dir, 'docs'), { recursive: true });
  expect(check()).toEqual({ status: 1, said: [`There are no pages in ${dir}.`] });
});
