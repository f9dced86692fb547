import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MODULE = join(__dirname, '..', 'dist', 'end-of-npm.js');
const PROGRAM = `require('${MODULE}').onEndOfNpm(() => (console.log('ended'), process.exit()));
  setTimeout(() => (console.log('went on'), process.exit()), 3_000);
  console.log('started');`;

/** A shell, as npm starts one, whose child is the program; the output is the program's, and ends with it. */
function start(env: NodeJS.ProcessEnv): ChildProcess {
  const script = '"$0" -e "$1" & wait';
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn('/bin/sh', ['-c', script, process.execPath, PROGRAM], { env, stdio: [...stdio] });
}

test.each([
  ['that npm started hears of the end of npm', { npm_lifecycle_event: 'start' }, 'ended'],
  ['that npm did not start outlives who did', {}, 'went on'],
])('a program %s', async (_, env, last) => {
  const shell = start(env);
  let output = '';
  shell.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output === 'started\n') shell.kill('SIGTERM');
  });
  await once(shell, 'close');
  expect(output).toBe(`started\n${last}\n`);
});
