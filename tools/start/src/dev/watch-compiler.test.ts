import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { type Compiler, type Round, watchCompiler } from './watch-compiler';

let root: string;
let compiler: Compiler | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watch-compiler-'));
  makeProject('one');
});
afterEach(async () => {
  await compiler?.stop();
  rmSync(root, { recursive: true });
});
function makeProject(name: string, ...references: { path: string }[]): void {
  mkdirSync(join(root, name, 'src'), { recursive: true });
  const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', types: [], lib: ['es5'], strict: true };
  writeFileSync(join(root, name, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'], references }));
}
/** Writes the file as a whole: the compiler never reads the half of it. */
function edit(text: string, file = 'one/src/a.ts'): void {
  writeFileSync(join(root, 'edited'), text);
  renameSync(join(root, 'edited'), join(root, file));
}

let rounds: Round[];
function start(...projects: string[]): void {
  rounds = [];
  compiler = watchCompiler({ root, projects, onRound: (round) => rounds.push(round) });
}
/** Waits for a wanted round from now on; the compiler's own files may make others, without changes. */
function next(what: string, isWanted: (round: Round) => boolean = () => true): Promise<Round> {
  const before = rounds.length;
  return waitFor(() => rounds.slice(before).find(isWanted), { timeoutMs: 60_000, what });
}
const isWrong = ({ errors }: Round) => errors.length > 0;
const isChange = ({ changed }: Round) => changed.length > 0;
const isRightChange = (round: Round) => !isWrong(round) && isChange(round);
const built = (file: string) => readFileSync(join(root, 'one/dist', file), 'utf8');

test('each edit is a round, which has what is wrong, and which programs have changed since all was right', async () => {
  edit('export const a: number = 1;');
  start('one/tsconfig.json');
  expect(await next('a build')).toEqual({ errors: [], changed: ['one/tsconfig.json'] });
  expect(existsSync(join(root, 'one/dist/a.js'))).toBe(true);
  edit("export const a: number = 'one';");
  expect((await next('a wrong build', isWrong)).errors).toEqual([
    expect.stringMatching(/^one\/src\/a\.ts\(1,14\): error TS2322/),
  ]);
  edit('export const a: number = 2;');
  expect((await next('a right build', isRightChange)).changed).toEqual(['one/tsconfig.json']);
  expect(built('a.js')).toContain('a = 2');
  writeFileSync(join(root, 'one/src/a.ts'), 'export const a: number = 3;');
  await next('a file written in its place', () => built('a.js').includes('a = 3'));
  edit('export const b: number = 4;', 'one/src/b.ts');
  await next('a new file', () => existsSync(join(root, 'one/dist/b.js')));
});

test('an editor may put a new file in the place of the old one, again and again; a save that changes nothing writes nothing', async () => {
  edit('export const a: number = 1;');
  start('one/tsconfig.json');
  await next('a build');
  for (const n of [2, 3, 4]) {
    edit(`export const a: number = ${n};`);
    do await next(`edit ${n}`, isChange);
    while (!built('a.js').includes(`a = ${n}`));
  }
  edit('export const a: number = 4;');
  expect(await next('a save')).toEqual({ errors: [], changed: [] });
  rmSync(join(root, 'one/src/a.ts'));
  edit("export { a } from './a';", 'one/src/b.ts');
  const isMissed = /^one\/src\/b\.ts\(1,19\): error TS2307/;
  await waitFor(() => rounds.at(-1)?.errors.some((error) => isMissed.test(error)), {
    timeoutMs: 60_000,
    what: 'the removal',
  });
});

test('an edit of the first build is a round too', async () => {
  edit('export const a: number = 1;');
  start('one/tsconfig.json');
  await waitFor(() => existsSync(join(root, 'one/dist/a.js')), { timeoutMs: 60_000, everyMs: 1 });
  edit("export const a: number = 'one';");
  await waitFor(() => (rounds.at(-1)?.errors.length ?? 0) > 0, { timeoutMs: 60_000, what: 'a wrong build' });
});

test('an edit that breaks another project is one round with its errors: it is never told as right before', async () => {
  makeProject('two', { path: '../one' });
  edit('export const a: number = 1;');
  edit("import { a } from '../../one/src/a';\nexport const b: number = a;", 'two/src/b.ts');
  start('one/tsconfig.json', 'two/tsconfig.json');
  expect((await next('a build')).errors).toEqual([]);
  const before = rounds.length;
  edit("export const a: string = 'one';");
  expect((await next('a wrong build', isWrong)).errors).toEqual([
    expect.stringMatching(/^two\/src\/b\.ts\(2,14\): error TS2322/),
  ]);
  edit("export const a: string = '1';");
  await next('an edit that leaves the other one wrong', isWrong);
  expect(rounds.slice(before).filter(isRightChange)).toEqual([]);
  edit("import { a } from '../../one/src/a';\nexport const b: string = a;", 'two/src/b.ts');
  const isRebuilt = () => rounds.slice(before).find(isRightChange);
  const { changed } = await waitFor(isRebuilt, { timeoutMs: 60_000, what: 'a right build' });
  expect([...changed].sort()).toEqual(['one/tsconfig.json', 'two/tsconfig.json']);
});
