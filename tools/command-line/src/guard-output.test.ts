import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const INDEX = join(__dirname, '..', 'dist', 'index.js');
const LINES = `const { guardOutput, say } = require('${INDEX}'); guardOutput();
  let n = 0; const next = () => { say('x'.repeat(1000)); if ((n += 1) < 10_000) setImmediate(next); }; next();`;

/** Exit code and standard error of a program whose output the shell redirects. */
function run(program: string, redirection: string) {
  const script = `"$0" -e "$1" ${redirection}`;
  const { status, stderr } = spawnSync('/bin/bash', ['-c', script, process.execPath, program], { encoding: 'utf8' });
  return { status, stderr };
}

test('a reader that has seen enough ends the program in silence, with the code of SIGPIPE', () => {
  expect(run(LINES, '| head -1 >/dev/null; exit ${PIPESTATUS[0]}')).toEqual({ status: 141, stderr: '' });
});

test('a program that is to end in order does so when its reader is gone', () => {
  const listener = `${LINES} require('${INDEX}').onStop(() => { process.stderr.write('closed'); process.exit(0); });`;
  expect(run(listener, '| head -1 >/dev/null; exit ${PIPESTATUS[0]}')).toEqual({ status: 0, stderr: 'closed' });
});

test.each([LINES, `${LINES} require('${INDEX}').onStop(() => process.exit(0));`])(
  'any other error of its output is said, and the exit code is 1',
  (program) => {
    const { status, stderr } = run(program, '>/dev/full');
    expect(stderr).toMatch(/^standard output cannot be written: ENOSPC.*\n$/);
    expect(status).toBe(1);
  },
);

test('there is a full device to test with', () => {
  expect(() => execFileSync('/bin/sh', ['-c', 'echo x >/dev/full 2>/dev/null'], { stdio: 'ignore' })).toThrow();
});
