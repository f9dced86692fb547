import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { uniqueName, waitFor } from '@ticketing/testing';
import { isAlive } from '@ticketing/servers';
import { killAll, Program, published } from './program.test.helper';

afterEach(killAll);

/** How often a listener has been started, and how often it has left properly. */
const count = ({ stderr }: Program, text: string) => stderr.split(text).length - 1;
const up = (program: Program, times = 1) =>
  waitFor(() => count(program, 'listening on') === times, { what: `${times} starts`, timeoutMs: 30_000 });

test('rs and Enter restarts the listener: it leaves the server properly, and a new process goes on', async () => {
  const channel = uniqueName('channel-');
  const watched = new Program('watched.js', ['listen/listener.js', channel]);
  await up(watched);
  const before = watched.pid;
  watched.type('something else\nrs\n');
  await up(watched, 2);
  expect(watched.stderr).toMatch(/restarting \.\.\.\nsubscription closed\nconnection closed\nlistener-/);
  expect(watched.pid).not.toBe(before);
  await published(channel, 'hello');
  await waitFor(() => watched.sequences.length === 1);
  const { code, stderr } = await watched.kill('SIGTERM');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/subscription closed\nconnection closed\n$/),
  });
});

test('--watch: an edit restarts it; after the end of the program rs starts it again', async () => {
  const watched = new Program('watched.js', ['publish/publisher.js', uniqueName('channel-'), 'x', '--watch']);
  const ended = (times: number) => waitFor(() => count(watched, 'it has ended') === times, { timeoutMs: 30_000 });
  await ended(1);
  const now = new Date();
  utimesSync(join(__dirname, 'publish', 'publisher.ts'), now, now);
  await ended(2);
  watched.type('rs\n');
  await ended(3);
  expect(await watched.kill('SIGINT')).toMatchObject({ code: 0 });
});

test('the exit code is that of the program, also of one that is killed', async () => {
  const wrong = new Program('watched.js', ['publish/publisher.js', 'a']);
  expect(await wrong.ended).toMatchObject({ code: 2 });
  const watched = new Program('watched.js', ['listen/listener.js', uniqueName('channel-')]);
  await up(watched);
  process.kill(watched.pid, 'SIGKILL');
  expect(await watched.ended).toMatchObject({ code: 137 });
});

test('when it is killed itself, the program still leaves the server', async () => {
  const watched = new Program('watched.js', ['listen/listener.js', uniqueName('channel-')]);
  await up(watched);
  await watched.kill('SIGKILL');
  await waitFor(() => !isAlive(watched.pid), { what: 'the end of the listener' });
});

test('what is typed are the messages when the publisher reads standard input', async () => {
  const watched = new Program('watched.js', ['publish/publisher.js', uniqueName('channel-'), '--stdin']);
  watched.type('rs\n');
  watched.endInput();
  expect(await watched.ended).toMatchObject({ code: 0, stderr: '1 published, connection closed\n' });
});
