import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startNats } from '@ticketing/servers';
import { uniqueName, waitFor } from '@ticketing/testing';
import { type Ended, killAll, listening, Program } from '../program.test.helper';

afterEach(killAll);

const programs: [string, string[]][] = [
  ['listen/listener.js', ['channel']],
  ['publish/publisher.js', ['channel', 'data']],
];

describe.each(programs)('%s', (file, args) => {
  const run = (...more: string[]) => new Program(file, [...args, ...more]).ended;

  test('a client id that is in use: says so, and what to do', async () => {
    const refused = async () => {
      const id = uniqueName('id');
      await listening('channel', '--client', id);
      const second = new Program(file, [...args, '--client', id]);
      let ended: Ended | undefined;
      void second.ended.then((end) => (ended = end));
      await waitFor(() => ended ?? second.stderr.includes('is connected'));
      // The server gives the id of a client that stands still to the next one.
      return ended?.code && { ...ended, id };
    };
    const { id, code, stderr } = await waitFor(refused, { timeoutMs: 60_000, what: 'a refusal' });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`refuses the client id ${id}`) });
    expect(stderr).toContain('Leave --client out');
  });

  test('a wrong cluster id: says so, and how to find the right one', async () => {
    const { code, stderr } = await run('--cluster', 'nonsense');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('of cluster "nonsense"') });
    expect(stderr).toContain('npm run nats:monitor');
  });

  test('no server: says how to start one, without the password', async () => {
    const { code, stderr } = await run('--url', 'nats://bob:secret@127.0.0.1:1');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/npm run nats:server[^]*--url nats:/) });
    expect(stderr).not.toContain('secret');
  });

  test('a wrong use: exit 2', async () => {
    expect(await run('--nonsense')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--nonsense'),
    });
  });
});

test('a server that goes away and does not come back: both say so, exit 1', async () => {
  const server = await startNats({ env: { ...process.env, NATS_URL: '' } });
  const address = ['--url', server.url, '--cluster', 'ticketing'];
  const listener = await listening('channel', ...address);
  const publisher = new Program('publish/publisher.js', ['other', 'x', '--count', '1000', '--rate', '20', ...address]);
  await waitFor(() => publisher.stdout.includes('published'));
  await server.kill();
  for (const { code, stderr } of await Promise.all([listener.ended, publisher.ended])) {
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^the connection is cut$/m) });
    expect(stderr).toMatch(/the server did not come back/);
  }
});

test('a message that the server does not store: says why, and how many it has, exit 1', async () => {
  const server = await startNats({ env: { ...process.env, NATS_URL: '' }, args: ['-mc', '1'] });
  const address = ['--url', server.url, '--cluster', 'ticketing'];
  expect(await new Program('publish/publisher.js', ['first', 'x', ...address]).ended).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await new Program('publish/publisher.js', ['second', 'x', ...address]).ended;
  await server.stop();
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('too many channels'),
  });
});

test.each(['listen/listener.js', 'publish/publisher.js', 'server.js', 'monitor/main.js', 'forward/main.js'])(
  'the help of %s to a full device says so, and is a failure',
  (file) => {
    const args = [
      '-c',
      'exec "$0" "$1" --help >/dev/full',
      process.execPath,
      join(__dirname, '..', '..', 'dist', file),
    ];
    const { status, stderr } = spawnSync('/bin/bash', args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^standard output cannot be written: ENOSPC.*\n$/)]);
  },
);
