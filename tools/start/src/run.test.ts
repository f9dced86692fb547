import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { installed, lock, makeProject, put, removeProject, root, run, runOn, TOOLS } from './run.test.helper';

beforeEach(makeProject);
afterEach(removeProject);

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);
const called = () =>
  existsSync(join(root, 'npm-called')) ? readFileSync(join(root, 'npm-called'), 'utf8') : undefined;
const older = (path: string) => utimesSync(join(root, path), new Date(0), new Date(0));

test.each([
  ['all passed', { numPassedTests: 12 }, 0, '12 passed, 0 failed', 0],
  ['some failed', { numPassedTests: 2, numFailedTests: 1 }, 1, '2 passed, 1 failed', 1],
  ['a suite could not be run', { numPassedTests: 2, numRuntimeErrorTestSuites: 1 }, 1, '2 passed, 1 failed', 1],
  ['some skipped', { numPassedTests: 2, numPendingTests: 1, numTodoTests: 2 }, 0, '2 passed, 0 failed, 3 skipped', 0],
  ['no test was run', { numPassedTests: 0 }, 0, '0 passed, 0 failed', 1],
  ['all were skipped', { numPassedTests: 0, numPendingTests: 4 }, 0, '0 passed, 0 failed, 4 skipped', 1],
  ['all passed, but jest failed', { numPassedTests: 2 }, 1, '2 passed, 0 failed', 1],
])('test: when %s the last line says so, and the exit code', (_, result, code, line, status) => {
  installed('1.0.0', { jest: code }, result);
  const ran = run('test');
  expect(lastLine(ran.stdout)).toBe(line);
  expect(`${ran.stdout}${ran.stderr}`.match(/\d+ passed, \d+ failed/g)).toHaveLength(1);
  expect(ran.status).toBe(status);
});

test.each(TOOLS)('test: when %s finds something the exit code says so', (tool) => {
  installed('1.0.0', { [tool]: 1 });
  const ran = run('test');
  expect(ran.status).toBe(1);
  expect(lastLine(ran.stdout)).toBe(tool.startsWith('typescript') ? '0 passed, 0 failed' : '3 passed, 0 failed');
});

test('test: a link that leads nowhere is named, and the exit code says so', () => {
  put('README.md', '[a](gone.md)');
  const ran = run('test');
  expect([ran.status, lastLine(ran.stdout)]).toEqual([1, '3 passed, 0 failed']);
  expect(ran.stderr).toContain('README.md:1: gone.md: there is no such file\nSome links lead nowhere: see above.\n');
});

test('test: other arguments go to jest', () => {
  expect(run('test', 'some/path', 'other').stderr).toContain('jest talks some/path other');
});

test.each([
  [['--broker', 'jetstream', 'some/path'], 'on jetstream\njest talks some/path'],
  [['some/path', '--broker=jetstream'], 'on jetstream\njest talks some/path'],
])('test: %j names the engine of the run', (args, said) => {
  expect(run('test', ...args).stderr).toContain(said);
});

test('test: another engine is refused', () => {
  const ran = run('test', '--broker', 'kafka');
  expect([ran.status, ran.stderr]).toEqual([2, '--broker must be streaming or jetstream\n']);
});

test('the slowest suites are told before the result, at most twenty', () => {
  const suite = (seconds: number) => ({
    name: join(root, `s${seconds}.test.ts`),
    startTime: 0,
    endTime: seconds * 1_000,
  });
  const testResults = Array.from({ length: 30 }, (_, n) => suite(n));
  installed('1.0.0', {}, { numPassedTests: 1, testResults });
  const told = run('test')
    .stderr.split('\n')
    .filter((line) => line.includes('.test.ts'));
  expect(told).toHaveLength(20);
  expect([told[0], told.at(-1)]).toEqual(['   29.0 s  s29.test.ts', '   10.0 s  s10.test.ts']);
});

test('what eslint remembers is good only for the types that it saw', () => {
  put('tsconfig.json', '{ "references": [{ "path": "one" }] }');
  const memory = () => {
    put('node_modules/eslint/bin/eslint.js', "console.log(process.argv.find((arg) => arg.includes('eslint-')));");
    return /eslint-\w+/.exec(run('test').stderr)?.[0];
  };
  put('one/dist/one.d.ts', 'export declare const one: Promise<1>;');
  const first = memory();
  expect([first, memory()]).toEqual([expect.stringMatching(/^eslint-/), first]);
  put('one/dist/one.d.ts', 'export declare const one: 1;');
  expect(memory()).not.toBe(first);
});

test('space around a variable is cut before a program sees it', () => {
  put(
    'tools/start/dist/token.js',
    'exports.main = (_, env) => (process.stdout.write(JSON.stringify(env.JWT_KEY)), 0);',
  );
  const env = { ...process.env, JWT_KEY: ' a key\r\n' };
  const ran = spawnSync(process.execPath, ['tools/run.mjs', 'token', 'alice'], { cwd: root, env, encoding: 'utf8' });
  expect(ran).toMatchObject({ status: 0, stdout: '"a key"' });
});

test('token: prints the token and nothing else, also when it installs and builds first', () => {
  rmSync(join(root, 'node_modules'), { recursive: true });
  const ran = run('token', 'alice');
  expect(ran).toMatchObject({ status: 0, stdout: 'token-of-alice\n' });
  expect(ran.stderr).toContain('npm talks');
  expect(ran.stderr).toContain('tsc talks');
});

test('start: builds, then runs the program in the same process', () => {
  const ran = run('start');
  expect(ran.stderr).toMatch(/Building \.\.\.\ntypescript\/bin\/tsc talks/);
  expect(ran.stdout).toBe(`started in ${ran.pid}\n`);
});

test('start: says once that Node 20 has ended; other programs do not, and no other Node', () => {
  const ended = 'Node 20 has had no fixes since April 2026. It still works here; Node 24 is recommended.';
  expect(
    runOn('20.19.0', 'start')
      .stderr.split('\n')
      .filter((line) => line === ended),
  ).toHaveLength(1);
  expect(runOn('20.19.0', 'token', 'alice').stderr).not.toContain('Node 20');
  expect(runOn('22.0.0', 'start').stderr).not.toContain('Node 20');
});

test.each(['18.20.8', '20.18.3'])('Node %s is refused, with the least version', (version) => {
  expect(runOn(version, 'start')).toMatchObject({
    ...{ status: 1, stdout: '' },
    stderr: `Node 20.19 or later is needed, this is ${version}. Install one from https://nodejs.org.\n`,
  });
});

test('start: does not start what could not be built', () => {
  installed('1.0.0', { 'typescript/bin/tsc': 2 });
  const ran = run('start');
  expect(ran).toMatchObject({ status: 2, stdout: '' });
  expect(ran.stderr).toMatch(/\nNothing was started: the source has errors, see above\.\n$/);
});

test('start: what could not be installed is said last', () => {
  put('package-lock.json', lock('2.0.0'));
  older('node_modules/.package-lock.json');
  put('npm.cjs', "console.error('npm error code ENOTFOUND'); process.exit(1);");
  const ran = run('start');
  expect(ran).toMatchObject({ status: 1, stdout: '' });
  expect(ran.stderr).toMatch(/ENOTFOUND\nThe dependencies could not be installed: see what npm ci says above\.\n$/);
});

test('what is installed already is not installed again', () => {
  older('package-lock.json');
  run('start');
  expect(called()).toBeUndefined();
  // A lock file that was only touched, and one with an optional package for another platform.
  older('node_modules/.package-lock.json');
  run('start');
  put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
  older('node_modules/.package-lock.json');
  run('start');
  expect(called()).toBeUndefined();
});

test('what the lock file names otherwise is installed by npm ci, and said', () => {
  put('package-lock.json', lock('2.0.0'));
  older('node_modules/.package-lock.json');
  const ran = run('start');
  expect(ran.stderr).toContain('Installing dependencies (npm ci) ...');
  expect(called()).toMatch(/^ci --include=dev/);
  expect(called()).toMatch(/--loglevel=error/); // a first run is no place for warnings about what others depend on
});

test('without a lock file it is npm install', () => {
  rmSync(join(root, 'package-lock.json'));
  rmSync(join(root, 'node_modules'), { recursive: true });
  run('start');
  expect(called()).toMatch(/^install/);
});

test('an unknown command says what there is', () => {
  expect(run('nonsense')).toMatchObject({
    status: 2,
    stderr:
      'usage: node tools/run.mjs start|dev|test|token|test:long|test:k8s|lab|faults|fuzz|bench|console|ops|audit|bridge|nats:server|nats:publish|nats:listen|nats:monitor|nats:forward|services|new:service|k8s:secrets|release\n',
  });
});
