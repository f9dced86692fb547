import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { type Compiler, watchCompiler } from './watch-compiler';

let root: string;
let compiler: Compiler | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watch-compiler-'));
  mkdirSync(join(root, 'one/src'), { recursive: true });
  const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', types: [], lib: ['es5'], strict: true };
  writeFileSync(join(root, 'one/tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
});
afterEach(async () => {
  await compiler?.stop();
  rmSync(root, { recursive: true });
});
const edit = (text: string) => writeFileSync(join(root, 'one/src/a.ts'), text);

let rounds: (readonly string[])[];
function start(): void {
  rounds = [];
  compiler = watchCompiler({ root, projects: ['one'], onRound: (errors) => rounds.push(errors) });
}
const round = (what: string, is: (errors: readonly string[]) => boolean) =>
  waitFor(() => rounds.length > 0 && is(rounds.at(-1) ?? []), { timeoutMs: 60_000, what });

test('each edit is a round, which has what is wrong', async () => {
  edit('export const a: number = 1;');
  start();
  await round('a build', (errors) => errors.length === 0);
  expect(existsSync(join(root, 'one/dist/a.js'))).toBe(true);
  edit("export const a: number = 'one';");
  await round('a wrong build', (errors) => errors.length > 0);
  expect(rounds.at(-1)).toEqual([expect.stringMatching(/^one\/src\/a\.ts\(1,14\): error TS2322/)]);
  edit('export const a: number = 2;');
  await round('a right build', (errors) => errors.length === 0);
});

test('an edit of the first build, before the compiler watches, is a round too', async () => {
  edit('export const a: number = 1;');
  start();
  await waitFor(() => existsSync(join(root, 'one/dist/a.js')), { timeoutMs: 60_000, everyMs: 1 });
  edit("export const a: number = 'one';");
  await round('a wrong build', (errors) => errors.length > 0);
});
