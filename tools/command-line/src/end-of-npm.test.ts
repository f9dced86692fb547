import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MODULE = join(__dirname, '..', 'dist', 'end-of-npm.js');
const PROGRAM = `require('${MODULE}').onEndOfNpm(() => (console.log('ended'), process.exit()));
  setTimeout(() => (console.log('went on'), process.exit()), 3_000);
  console.log('started');`;

/** A shell, as npm starts one, with the program as its child. The output is the program's, and ends with it. */
function start(env: NodeJS.ProcessEnv, program: string): ChildProcess {
  const script = '"$0" -e "$1" & wait';
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn('/bin/sh', ['-c', script, process.execPath, program], { env, stdio: [...stdio] });
}

/** The output of a program whose npm is ended right after its start. */
async function outputOf(env: NodeJS.ProcessEnv, program: string): Promise<string> {
  const shell = start(env, program);
  let output = '';
  shell.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output === 'started\n') shell.kill('SIGTERM');
  });
  await once(shell, 'close');
  return output;
}

test('a program that begins to listen only when npm has ended already hears of it as well', async () => {
  const late = `process.env.TICKETING_STARTED = process.pid + ' ' + process.ppid;
    const parent = process.ppid;
    const begin = () => { ${PROGRAM.replace("console.log('started');", '')} };
    const wait = setInterval(() => process.ppid !== parent && (clearInterval(wait), begin()), 50);
    console.log('started');`;
  expect(await outputOf({ npm_lifecycle_event: 'start' }, late)).toBe('started\nended\n');
});

test.each([
  ['that npm started hears of the end of npm', { npm_lifecycle_event: 'start' }, 'ended'],
  ['that npm did not start outlives who did', {}, 'went on'],
])('a program %s', async (_, env, last) => {
  expect(await outputOf(env, PROGRAM)).toBe(`started\n${last}\n`);
});
