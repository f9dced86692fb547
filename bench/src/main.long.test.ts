import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
/** Of the jest run; the benchmark brings its own servers. */
const env = { ...process.env, MONGO_URI: '', NATS_URL: '' };
const run = (args: readonly string[], timeout: number) =>
  spawnSync(process.execPath, [MAIN, ...args], { env, encoding: 'utf8', timeout });

// Every case is in quick.long.test.ts.
test('the quick run of one case: nothing is lost, wrong or stuck', () => {
  const { status, stdout, stderr } = run(['--quick', '--case', 'create'], 120_000);
  expect([status, stderr.match(/BROKEN[^]*/)?.[0]]).toEqual([0, undefined]);
  expect(stdout).toContain('create: POST /api/tickets');
}, 150_000);

test.each([
  [['--rounds', '0'], 'whole number from 1 to 100'],
  [['--case', 'nothing'], 'Allowed choices are create'],
  [['soak', '--minutes', 'x'], 'whole number'],
  [['trend', join(__dirname, '..', 'package.json')], 'no run of --json without --quick'],
])('%p is refused with what may be said', (args, words) => {
  const { status, stderr } = run(args, 30_000);
  expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
});
