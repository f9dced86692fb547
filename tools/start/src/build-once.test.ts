import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// tools/run.mjs in a project of two packages, whose compiler notes that it was called.
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-once-'));
  for (const name of ['run.mjs', 'run']) {
    cpSync(join(__dirname, '..', '..', name), join(root, 'tools', name), { recursive: true });
  }
  put('package-lock.json', '{ "packages": {} }');
  put('node_modules/.package-lock.json', '{ "packages": {} }');
  put('node_modules/typescript/bin/tsc', compiler);
  put('tsconfig.base.json', '{ "compilerOptions": {} }');
  put('packages/common/tsconfig.src.json', '{ "extends": "../../tsconfig.base.json", "include": ["src"] }');
  put('packages/common/src/event.ts', '1');
  put('tools/start/tsconfig.json', tsconfig('"../../packages/common/tsconfig.src.json"'));
  put('tools/start/src/token.ts', 'one');
  put('tools/start/node_modules/other/index.js', '');
  put('tools/lab/src/lab.ts', 'of another program');
});
afterEach(() => rmSync(root, { recursive: true }));

const tsconfig = (reference: string) =>
  `{ "extends": "../../tsconfig.base.json", "include": ["src"], "references": [{ "path": ${reference} }] }`;
/** Replaces tsc: runs what `during` says, writes the program, and notes the call. */
const compiler = `const fs = require('node:fs');
  fs.mkdirSync('tools/start/dist', { recursive: true });
  const source = fs.readFileSync('tools/start/src/token.ts', 'utf8');
  if (fs.existsSync('during.js')) eval(fs.readFileSync('during.js', 'utf8'));
  fs.writeFileSync('tools/start/dist/token.js', "exports.main = () => (console.log('" + source + "'), 0);");
  fs.appendFileSync('calls', 'x');
  process.exit(fs.existsSync('code') ? 2 : 0);`;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function token() {
  const { status, stdout } = spawnSync(process.execPath, ['tools/run.mjs', 'token'], { cwd: root, encoding: 'utf8' });
  return { status, stdout: stdout.trim(), builds: readFileSync(join(root, 'calls'), 'utf8').length };
}

const rename = (from: string, to: string) => renameSync(join(root, from), join(root, to));
const remove = (path: string) => rmSync(join(root, path), { recursive: true });

test('what was built is started without the compiler', () => {
  expect(token()).toEqual({ status: 0, stdout: 'one', builds: 1 });
  expect(token()).toEqual({ status: 0, stdout: 'one', builds: 1 });
  put('tools/lab/src/lab.ts', 'an edit of another program');
  put('tools/start/node_modules/other/index.js', 'an edit of what is installed: the lock file stands for that');
  expect(token().builds).toBe(1);
});

test('every program of this repository is one of which that can be told', () => {
  const run = readFileSync(join(__dirname, '..', '..', 'run.mjs'), 'utf8');
  const projects = [...run.matchAll(/program\('([^']+)'/g)].map(([, project]) => project);
  const asked = ['tools/start', ...projects, 'no/project'];
  const look = `import('./tools/run/build-once.mjs').then(({ look }) =>
    console.log(JSON.stringify(${JSON.stringify(asked)}.filter((project) => !look([project])))))`;
  const options = { cwd: join(__dirname, '..', '..', '..'), encoding: 'utf8' } as const;
  expect(spawnSync(process.execPath, ['-e', look], options).stdout).toBe('["no/project"]\n');
  expect(projects.length).toBeGreaterThan(10);
});

test.each([
  ['a source file is edited', () => put('tools/start/src/token.ts', 'two')],
  ['a source file of a package that it refers to is edited', () => put('packages/common/src/event.ts', '2')],
  ['a source file is new, as after a pull', () => put('packages/common/src/new.ts', '')],
  ['a source file is gone', () => remove('packages/common/src/event.ts')],
  ['a source file has another name', () => rename('packages/common/src/event.ts', 'packages/common/src/events.ts')],
  [
    'another file of the same size and time takes its place',
    () => {
      const [file, other, time] = ['packages/common/src/event.ts', 'other.ts', new Date(1_000_000)];
      put(other, '2');
      for (const path of [file, other]) utimesSync(join(root, path), time, time);
      token();
      rename(other, file);
    },
  ],
  [
    'its tsconfig is edited',
    () => put('tools/start/tsconfig.json', tsconfig('"../../packages/common/tsconfig.src.json" ')),
  ],
  [
    'the tsconfig that all extend is edited',
    () => put('tsconfig.base.json', '{ "compilerOptions": { "strict": true } }'),
  ],
  ['the lock file is edited', () => put('package-lock.json', '{ "packages": {}, "name": "other" }')],
  ['something was installed', () => put('node_modules/.package-lock.json', '{ "packages": {}, "name": "other" }')],
  ['what was built is gone', () => remove('tools/start/dist')],
  ['what was built is another', () => put('tools/start/dist/token.js', 'throw new Error("of another branch")')],
])('it is built again when %s', (_, change) => {
  token();
  change();
  const before = readFileSync(join(root, 'calls'), 'utf8').length;
  expect(token()).toMatchObject({ status: 0, builds: before + 1 });
  expect(token().builds).toBe(before + 1);
});

test('an edit while it is built is built the next time', () => {
  put('during.js', "fs.writeFileSync('tools/start/src/token.ts', 'two');");
  expect(token()).toMatchObject({ stdout: 'one', builds: 1 });
  remove('during.js');
  expect(token()).toMatchObject({ stdout: 'two', builds: 2 });
});

test('a build with errors ends it, and is not remembered', () => {
  token();
  put('tools/start/src/token.ts', 'two');
  put('code', '');
  expect([token().status, token()]).toEqual([2, { status: 2, stdout: '', builds: 3 }]);
  put('tools/start/src/token.ts', 'one');
  expect(token().builds).toBe(4);
});

test.each([
  ['has comments', '{ /* why */ "include": ["src"] }'],
  ['takes files of another folder', '{ "include": ["src", "../other"] }'],
  ['extends a package', '{ "extends": "@tsconfig/node20", "include": ["src"] }'],
])('where a tsconfig %s, only the compiler can tell', (_, config) => {
  put('packages/common/tsconfig.src.json', config);
  expect([token().builds, token().builds]).toEqual([1, 2]);
});
