import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const services = join(__dirname, '..', '..');
/** Sends itself SIGTERM as soon as it has a handler for it. */
const STOP_EARLY = `process.on('newListener', (name) => {
  if (name === 'SIGTERM') process.nextTick(() => process.kill(process.pid, 'SIGTERM'));
})`;
const env = {
  PATH: process.env['PATH'],
  ...{ MONGO_URI: 'mongodb://127.0.0.1:1', NATS_URL: 'nats://127.0.0.1:1', PORT: '0' },
  JWT_KEY: '0123456789abcdef0123456789abcdef',
};
const namespace = ['--pid', '--fork', '--kill-child'];
/** Process 1 of a container: the kernel drops each signal to it that has no handler. Needs root. */
const canBeFirst = spawnSync('unshare', [...namespace, 'true']).status === 0;
if (!canBeFirst) process.stderr.write('SKIPPED: SIGTERM to process 1, because `unshare --pid` needs root\n');

let running: ChildProcess | undefined;
afterEach(() => running?.kill('SIGKILL'));

test.each(['tickets', 'orders'])('the handlers of %s stand before anything slow is loaded', (service) => {
  const main = join(services, service, 'dist/main.js');
  const watch = `const { Module } = require('node:module');
    const load = Module._load;
    const slow = /^(mongoose|express|pino|zod|node-nats-streaming|@opentelemetry\\/.*|@ticketing\\/common)$/;
    Module._load = function (name, ...rest) {
      if (slow.test(name)) process.stderr.write(name + ' ' + process.listenerCount('SIGTERM') + '\\n');
      return load.call(this, name, ...rest);
    };`;
  const loader = `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('${main}'); ${watch}`)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', loader, main], {
    env: { PATH: env.PATH },
    encoding: 'utf8',
  });
  const loaded = stderr.split('\n').filter((line) => /^\S+ \d$/.test(line));
  expect(loaded.length).toBeGreaterThan(4);
  expect(loaded.filter((line) => line.endsWith(' 0'))).toEqual([]);
});

(canBeFirst ? test : test.skip).each(['tickets', 'orders'])(
  '%s as process 1 ends with 0 by a SIGTERM as soon as its handler stands, without having begun',
  async (service) => {
    const program = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(STOP_EARLY)}`];
    const child = spawn('unshare', [...namespace, ...program, join(services, service, 'dist/main.js')], { env });
    running = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const exited = new Promise((resolve) => child.once('close', resolve));
    expect(await exited).toBe(0);
    expect(output).toMatch(/"msg":"stopped"/);
    expect(output).not.toMatch(/listening/);
  },
);
