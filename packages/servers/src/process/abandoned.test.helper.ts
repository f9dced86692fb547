import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { childrenOf } from './children-of';
import { isAlive } from './is-alive';

export interface Abandoned {
  /** Of the server. */
  readonly pid: number;
  /** Ends it, if the test has not. */
  end(): void;
}

/**
 * A server whose owner was killed, with its guard unless `guarded`.
 * @param start what starts it, of this package, e.g. `startNats({ dataDir: "/x" })`
 */
export async function abandoned(start: string, guarded = false): Promise<Abandoned> {
  const source = `const { startMongo, startNats } = require(${JSON.stringify(join(__dirname, '..', '..', 'dist'))});
    ${start}.then(({ pid }) => console.log(pid));
    setInterval(() => undefined, 1_000);`;
  const owner = spawn(process.execPath, ['-e', source], {
    env: { ...process.env, MONGO_URI: '', NATS_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => owner.once('exit', resolve));
  const line = await new Promise<Buffer>((resolve) => owner.stdout.once('data', resolve));
  const pid = Number(line);
  // The guard is killed first, so that it does not see the end of its owner.
  const guard = childrenOf(owner.pid).find(({ args }) => args.includes('guard-program'));
  if (!guarded && guard) process.kill(guard.pid, 'SIGKILL');
  owner.kill('SIGKILL');
  await exited;
  const end = () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  };
  return { pid, end };
}
