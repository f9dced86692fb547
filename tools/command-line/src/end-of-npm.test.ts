import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MODULE = join(__dirname, '..', 'dist', 'end-of-npm.js');
/** @param goesOnMs after which it has not heard of the end of npm */
const program = (goesOnMs: number) => `require('${MODULE}').onEndOfNpm(() => (console.log('ended'), process.exit()));
  setTimeout(() => (console.log('went on'), process.exit()), ${goesOnMs});
  console.log('started');`;

/** A shell, as npm starts one, with the program as its child. The output is the program's, and ends with it. */
function start(env: NodeJS.ProcessEnv, source: string): ChildProcess {
  const script = '"$0" -e "$1" & wait';
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn('/bin/sh', ['-c', script, process.execPath, source], { env, stdio: [...stdio] });
}

/** The output of a program whose npm is ended right after its start. */
async function outputOf(env: NodeJS.ProcessEnv, source: string): Promise<string> {
  const shell = start(env, source);
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
    const begin = () => { ${program(60_000).replace("console.log('started');", '')} };
    const wait = setInterval(() => process.ppid !== parent && (clearInterval(wait), begin()), 50);
    console.log('started');`;
  expect(await outputOf({ npm_lifecycle_event: 'start' }, late)).toBe('started\nended\n');
});

test.each([
  ['that npm started hears of the end of npm', { npm_lifecycle_event: 'start' }, 60_000, 'ended'],
  ['that npm did not start outlives who did', {}, 3_000, 'went on'],
])('a program %s', async (_, env, goesOnMs, last) => {
  expect(await outputOf(env, program(goesOnMs))).toBe(`started\n${last}\n`);
});
