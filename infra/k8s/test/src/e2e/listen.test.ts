import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { freePort } from '@ticketing/servers';
import { MANIFESTS } from './overlay';
import { user } from './user.helper';

const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => child.pid !== undefined && process.kill(-child.pid, 'SIGINT')));

/** Runs a command of the repository as in a terminal. @returns what it has printed so far */
function npmRun(args: readonly string[], env: NodeJS.ProcessEnv = {}): () => string {
  let printed = '';
  const cwd = join(MANIFESTS, '..', '..');
  const child = spawn('npm', ['run', '-s', ...args], { cwd, env: { ...process.env, ...env }, detached: true });
  running.push(child);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return () => printed;
}

test('npm run nats:listen, through npm run nats:forward, shows what is sold in the cluster', async () => {
  const [port, monitorPort] = [await freePort(), await freePort()];
  const forward = npmRun(['nats:forward', '--', '--port', `${port}`, '--monitor-port', `${monitorPort}`]);
  await waitFor(() => forward().includes('Forwarding to pod nats-streaming-0'), {
    what: 'nats:forward',
    timeoutMs: 60_000,
  });
  const listen = npmRun(['nats:listen', '--', 'ticket:created', '--all'], { NATS_URL: `nats://localhost:${port}` });
  const title = `heard of at ${Date.now()}`;
  await user('alice').sold(title);
  await waitFor(() => listen().includes(title), { what: `"${title}" in what it prints`, timeoutMs: 60_000 });
});
