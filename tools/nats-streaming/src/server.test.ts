import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { freePort } from '@ticketing/servers';
import { killAll, listening, Program, published } from './program.test.helper';

afterEach(killAll);

async function served(port: number, ...args: string[]): Promise<Program> {
  const server = new Program('server.js', ['--port', String(port), ...args]);
  await waitFor(() => server.stderr.includes('Ready: '), { what: 'a server', timeoutMs: 30_000 });
  return server;
}

test('says its whole command line, takes options of its own, keeps messages in --dir, and stops by SIGTERM', async () => {
  const [port, monitor] = [await freePort(), await freePort()];
  const dir = mkdtempSync(join(tmpdir(), 'nats-server-'));
  const options = ['--monitor-port', String(monitor), '--dir', dir, '-cid', 'mine', '-SD'];
  const address = ['--url', `localhost:${port}`, '--cluster', 'mine'];
  const first = await served(port, ...options);
  expect(first.stderr).toMatch(
    new RegExp(`^nats-streaming-server .* -p ${port} .* -m ${monitor} .*-hbi 5s .* -cid mine -SD$`, 'm'),
  );
  expect(await (await fetch(`http://localhost:${monitor}/streaming/serverz`)).json()).toMatchObject({
    cluster_id: 'mine',
  });
  await published('kept', 'hello', ...address);
  expect(await first.kill('SIGTERM')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^stopped$/m) });
  const second = await served(port, ...options);
  const listener = await listening('kept', '--all', ...address);
  await waitFor(() => listener.sequences.length === 1);
  await second.kill('SIGINT');
  rmSync(dir, { recursive: true });
});

test('a port that is taken, or an option that the server does not know: exit 2 and what it said', async () => {
  const port = await freePort();
  const first = await served(port, '--monitor-port', String(await freePort()));
  const second = new Program('server.js', ['--port', String(port)]);
  expect(await second.ended).toMatchObject({ code: 2, stderr: expect.stringContaining(String(port)) });
  await first.kill('SIGTERM');
  const wrong = new Program('server.js', ['--port', String(port), '--monitor-port', '1', '--nonsense']);
  const { code, stderr } = await wrong.ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('nonsense') });
  expect(stderr).not.toContain('go install'); // no other server knows it either
});

test('passwords of its command line are not printed', async () => {
  const ports = ['--monitor-port', String(await freePort())];
  const server = await served(await freePort(), ...ports, '-user', 'bob', '-pass', 's3cret', '--encryption_key=s3cret');
  expect(server.stderr).toMatch(/-user bob -pass \*\*\* --encryption_key=\*\*\*$/m);
  expect(server.stderr).not.toContain('s3cret');
  await server.kill('SIGTERM');
});

test.each([
  ['-p', '--port'],
  ['-m=1', '--monitor-port'],
  ['-dir', '--dir'],
  ['--store', '--dir'],
  ['-a', '127.0.0.1'],
  ['--nats_server=nats://x', 'by itself'],
])('%s, which would make "Ready" untrue, is refused with what to use: %s', async (option, instead) => {
  const refused = { code: 2, stderr: expect.stringContaining(instead) };
  expect(await new Program('server.js', [option, '1']).ended).toMatchObject(refused);
});
