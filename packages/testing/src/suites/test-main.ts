import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const REQUIRED = {
  NATS_URL: 'nats://127.0.0.1:1',
  MONGO_URI: 'mongodb://127.0.0.1:1',
  JWT_KEY: 'x'.repeat(32),
  PORT: '0',
};

/**
 * Declares the tests of a service's program.
 * @param wrong an environment, and what the program says of it after the first line
 */
export function testMain(name: string, main: string, wrong: { env: NodeJS.ProcessEnv; problems: string[] }): void {
  const PATH = process.env['PATH'];

  test('a bad environment exits with 1 and one message that names every problem, and no value', () => {
    const env = { PATH, ...wrong.env };
    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8', timeout: 20_000 });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    const lines = [`${name}: the configuration is wrong:`, ...wrong.problems.map((problem) => `  ${problem}`)];
    expect(stderr).toBe(`${lines.join('\n')}\n`);
  });

  test('a variable that is given by its former name is told in the log', async () => {
    const child = spawn(process.execPath, [main], { env: { PATH, ...REQUIRED, MAX_DELIVERIES: '7' }, timeout: 20_000 });
    const ended = once(child, 'exit');
    let told: unknown;
    for await (const line of createInterface({ input: child.stdout })) {
      const { former, now, level } = JSON.parse(line) as Record<string, unknown>;
      if (former === undefined) continue;
      told = { former, now, level };
      child.kill('SIGTERM');
    }
    expect(told).toEqual({ former: 'MAX_DELIVERIES', now: 'MAX_ATTEMPTS', level: expect.anything() });
    expect(await ended).toEqual([0, null]);
  });
}
