import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// tools/run.mjs in a separate project, whose tools are small programs that do what the test tells them.
export let root: string;

/** Call it before each test, and `removeProject` after it. */
export function makeProject(): void {
  root = mkdtempSync(join(tmpdir(), 'run with spaces-'));
  for (const name of ['run.mjs', 'run']) {
    cpSync(join(__dirname, '..', '..', name), join(root, 'tools', name), { recursive: true });
  }
  put('package-lock.json', lock('1.0.0'));
  put('tsconfig.json', '{ "references": [] }');
  put('README.md', '# Project');
  put('services/tsconfig.src.json', '{ "references": [] }');
  installed('1.0.0');
  put('npm.cjs', npm);
  put('tools/start/dist/token.js', 'exports.main = ([name]) => (process.stdout.write(`token-of-${name}\\n`), 0);');
  put('tools/start/dist/main.js', 'console.log("started in", process.pid);');
}

export function removeProject(): void {
  rmSync(root, { recursive: true });
}

export const TOOLS = ['typescript/bin/tsc', 'eslint/bin/eslint.js', 'prettier/bin/prettier.cjs'];
export const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  });
/** Replaces npm: notes how it was called and installs what the lock file names. */
const npm = `const fs = require('node:fs'); fs.writeFileSync('npm-called', process.argv.slice(2).join(' '));
  console.log('npm talks');
  fs.mkdirSync('node_modules', { recursive: true }); fs.cpSync('tools-installed', 'node_modules', { recursive: true });
  fs.writeFileSync('node_modules/.package-lock.json', fs.existsSync('package-lock.json') ? fs.readFileSync('package-lock.json') : '{}');`;
const fakeJest = (result: object, code: number) => `
  const file = process.argv.find((arg) => arg.startsWith('--outputFile=')).slice('--outputFile='.length);
  require('node:fs').writeFileSync(file, ${JSON.stringify(JSON.stringify(result))});
  console.log('on', process.env.TEST_BROKER);
  console.log('jest talks', process.argv.slice(2).filter((arg) => !/^-(?!-shard)/.test(arg)).join(' ')); process.exit(${code});`;

export function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

export function installed(
  version: string,
  codes: Record<string, number> = {},
  result: object = { numPassedTests: 3 },
): void {
  for (const dir of ['node_modules', 'tools-installed']) {
    for (const tool of TOOLS) put(`${dir}/${tool}`, `console.log('${tool} talks'); process.exit(${codes[tool] ?? 0});`);
    put(`${dir}/jest/bin/jest.js`, fakeJest(result, codes['jest'] ?? 0));
  }
  put('node_modules/.package-lock.json', lock(version));
}

/** Runs it with these arguments. */
export function run(...args: string[]) {
  return runWith({}, args);
}

/** Runs it as if this were another Node. */
export function runOn(version: string, ...args: string[]) {
  put(
    'node.cjs',
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  return runWith({ NODE_OPTIONS: `--require ${JSON.stringify(join(root, 'node.cjs'))}` }, args);
}

function runWith(more: NodeJS.ProcessEnv, args: readonly string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, npm_execpath: join(root, 'npm.cjs'), CI: 'true', ...more };
  delete env['TEST_BROKER'];
  return spawnSync(process.execPath, ['tools/run.mjs', ...args], { cwd: root, env, encoding: 'utf8' });
}
