import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const dist = join(__dirname, '../../dist');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Program {
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves when the text is in the output. */
  says(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

/** A real process that runs the built lifecycle with the given start function. */
function run(start: string, env: NodeJS.ProcessEnv = {}): Program {
  const source = `
    const { runMain } = require('${dist}/service/lifecycle.js');
    const { ConfigError } = require('${dist}/runtime/environment.js');
    const say = (text) => process.stdout.write(text + '\\n');
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const forever = setInterval(() => undefined, 1000);
    runMain('tickets', async () => (signal) => {
      const started = (${start})(signal);
      say('running');
      return started;
    });`;
  const child = spawn(process.execPath, ['-e', source], { env: { PATH: process.env['PATH'], ...env } });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return {
    output: () => output,
    errors: () => errors,
    async says(text) {
      while (!output.includes(text)) await once(child.stdout, 'data');
    },
    kill: (signal) => child.kill(signal),
    exited: once(child, 'close').then(([code]) => code as number | null),
  };
}

const linesOf = (program: Program): Record<string, unknown>[] =>
  program
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops and exits with 0, whatever still hangs about', async (signal) => {
  const program = run(
    `async () => { say('started'); return { stop: async () => { await sleep(50); say('ended'); } }; }`,
  );
  await program.says('started');
  program.kill(signal);
  expect(await program.exited).toBe(0);
  expect(program.output()).toContain('ended');
  expect(linesOf(program).at(-1)).toMatchObject({ name: 'tickets', msg: 'stopped' });
});

test('a second and a third signal do not stop twice, nor sooner', async () => {
  const program = run(
    `async () => { say('started'); return { stop: async () => { say('stop begins'); await sleep(300); say('stop ended'); } }; }`,
  );
  await program.says('started');
  program.kill('SIGTERM');
  await program.says('stop begins');
  program.kill('SIGTERM');
  program.kill('SIGINT');
  expect(await program.exited).toBe(0);
  expect(program.output().match(/stop begins/g)).toHaveLength(1);
  expect(program.output()).toContain('stop ended');
});

test('a signal during the start waits for it, then stops', async () => {
  const program = run(
    `async () => { await sleep(300); say('start ended'); return { stop: async () => { say('stop ended'); } }; }`,
  );
  await program.says('running');
  program.kill('SIGTERM');
  expect(await program.exited).toBe(0);
  expect(program.output()).toMatch(/start ended\n[^]*stop ended/);
});

test('a signal aborts a start that waits for servers', async () => {
  const program = run(
    `(signal) => new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))`,
  );
  await program.says('running');
  program.kill('SIGTERM');
  expect(await program.exited).toBe(0);
});

test('a wrong configuration is one message without a stack, and exits with 1', async () => {
  const program = run(`async () => { throw new ConfigError(['PORT must be a port', 'JWT_KEY is required']); }`);
  expect(await program.exited).toBe(1);
  expect(program.errors()).toBe('tickets: the configuration is wrong:\n  PORT must be a port\n  JWT_KEY is required\n');
  expect(linesOf(program)).toEqual([]);
});

test('any other failure of the start is fatal in the log, and exits with 1', async () => {
  const program = run(`async () => { throw new Error('no luck'); }`);
  expect(await program.exited).toBe(1);
  expect(linesOf(program)).toMatchObject([{ level: 60, msg: 'start failed', err: { message: 'no luck' } }]);
});

test('a stop that hangs ends at its deadline with 1 and says where', async () => {
  const program = run(
    `async () => ({ stopDeadlineMs: 300, stop: async (onStep) => { onStep('http'); onStep('listeners'); await sleep(1e6); } })`,
  );
  await program.says('running');
  const start = performance.now();
  program.kill('SIGTERM');
  expect(await program.exited).toBe(1);
  expect(performance.now() - start).toBeGreaterThan(250);
  expect(linesOf(program).at(-1)).toMatchObject({
    level: 60,
    step: 'listeners',
    msg: 'not stopped within 300 ms: "listeners" still hangs',
  });
});

test('a stop that fails exits with 1', async () => {
  const program = run(`async () => ({ stop: async () => { throw new Error('stuck'); } })`);
  await program.says('running');
  program.kill('SIGTERM');
  expect(await program.exited).toBe(1);
  expect(linesOf(program).at(-1)).toMatchObject({ level: 60, msg: 'stopping failed', err: { message: 'stuck' } });
});

test.each([
  ['uncaught exception', `setTimeout(() => { throw new Error('lost'); })`],
  ['unhandled rejection', `void Promise.reject(new Error('lost'))`],
])('an %s is fatal in the log, and exits with 1', async (msg, cause) => {
  const program = run(`async () => { ${cause}; return { stop: async () => undefined }; }`);
  expect(await program.exited).toBe(1);
  expect(linesOf(program)).toMatchObject([{ level: 60, msg, err: { message: 'lost' } }]);
});

test('LOG_LEVEL bounds what the life of the process logs', async () => {
  const program = run(`async () => ({ stop: async () => undefined })`, { LOG_LEVEL: 'warn' });
  await program.says('running');
  program.kill('SIGTERM');
  expect(await program.exited).toBe(0);
  expect(linesOf(program)).toEqual([]);
});
