import { uniqueName, waitFor } from '@ticketing/testing';
import { killAll, listening, type Program, published } from '../program.test.helper';

let channel: string;
beforeEach(() => {
  channel = uniqueName('channel-');
});
afterEach(killAll);

const counted = (count: number, text = 'message {n}') => published(channel, text, '--count', String(count));
const all = (programs: readonly Program[]) => programs.flatMap(({ sequences }) => sequences).sort((a, b) => a - b);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('prints sequence, whether it is new, when, the channel, and the data: JSON as a value, the rest as it is', async () => {
  await published(channel, '{"title":"concert","seats":[{"row":1}]}');
  await published(channel, 'not { JSON');
  const listener = await listening(channel, '--all');
  await waitFor(() => listener.sequences.length === 2);
  expect(listener.stdout.split('\n')).toEqual([
    expect.stringMatching(
      new RegExp(`^#1 new 2\\d{3}-\\S+Z ${channel} \\{ title: 'concert', seats: \\[ \\{ row: 1 \\} \\] \\}$`),
    ),
    expect.stringMatching(new RegExp(`^#2 new 2\\d{3}-\\S+Z ${channel} not { JSON$`)),
    '',
  ]);
});

test('begins with what is new, or with --all, --last, --from or --since', async () => {
  await counted(3);
  const starts = [[], ['--all'], ['--last'], ['--from', '2'], ['--since', '10m'], ['--since', '1ms']];
  const listeners = await Promise.all(starts.map((start) => listening(channel, ...start)));
  await published(channel, 'the fourth');
  await waitFor(() => listeners.every(({ sequences }) => sequences.includes(4)));
  expect(listeners.map(({ sequences }) => sequences)).toEqual([[4], upTo(4), [3, 4], [2, 3, 4], upTo(4), [4]]);
});

test('a queue group of three: each message goes to one of them', async () => {
  const queue = ['--queue', 'workers', '--manual-ack'];
  const members = await Promise.all(upTo(3).map(() => listening(channel, ...queue)));
  await counted(30);
  await waitFor(() => all(members).length >= 30);
  expect(all(members)).toEqual(upTo(30));
  expect(members.every(({ sequences }) => sequences.length > 0)).toBe(true);
});

test('when a member of a queue group is killed, what it has not acked goes to the others', async () => {
  const queue = ['--queue', 'workers', '--manual-ack', '--ack-wait', '2000'];
  const lost = await listening(channel, ...queue, '--no-ack');
  const others = await Promise.all([listening(channel, ...queue), listening(channel, ...queue)]);
  await counted(12);
  const firstToLost = () => [...lost.stdout.matchAll(/^#(\d+) new /gm)].map(([, sequence]) => sequence);
  await waitFor(() => new Set(all([lost, ...others])).size === 12 && firstToLost().length > 0);
  await lost.kill('SIGKILL');
  const isRedelivered = (sequence?: string) =>
    others.some(({ stdout }) => stdout.includes(`#${sequence} redelivered `));
  await waitFor(() => new Set(all(others)).size === 12 && firstToLost().every(isRedelivered), {
    timeoutMs: 40_000,
    what: 'the unacked messages',
  });
});

test('durable: a restart gets only what was missed; not durable with --all: gets all', async () => {
  const durable = ['--durable', 'mine', '--client', channel, '--all'];
  const first = await listening(channel, ...durable);
  await counted(2);
  await waitFor(() => first.sequences.length === 2);
  await first.kill('SIGTERM');
  await counted(2);
  const second = await listening(channel, ...durable);
  const plain = await listening(channel, '--all');
  await waitFor(() => second.sequences.length === 2 && plain.sequences.length === 4);
  expect([first.sequences, second.sequences, plain.sequences]).toEqual([[1, 2], [3, 4], upTo(4)]);
});

test.each([
  ['close keeps the position of a durable queue group', [], [3, 4]],
  ['the last member that unsubscribes gives it up', ['--unsubscribe'], [1, 2, 3, 4]],
])('%s', async (_name, last, expected) => {
  const durable = ['--queue', 'group', '--durable', 'group', '--all'];
  const first = await listening(channel, ...durable, ...last);
  await counted(2);
  await waitFor(() => first.sequences.length === 2);
  expect(await first.kill('SIGINT')).toMatchObject({ code: 0 });
  await counted(2);
  const second = await listening(channel, ...durable);
  await waitFor(() => second.sequences.includes(4));
  expect(second.sequences).toEqual(expected);
});

test('what fails on purpose is not acked, and redelivered after the ack wait; what is never acked as well', async () => {
  await counted(1);
  const failing = await listening(channel, '--all', '--fail-rate', '1', '--ack-wait', '1000');
  const silent = await listening(channel, '--all', '--no-ack', '--ack-wait', '1000');
  const sound = await listening(channel, '--all', '--fail-rate', '0', '--ack-wait', '1000');
  await waitFor(() => failing.sequences.length > 4 && silent.sequences.length > 4);
  expect(failing.stdout).toMatch(/^#1 new .* message 0 \(failed: not acked\)\n#1 redelivered .*\(failed: not acked\)/);
  expect(silent.stdout).toMatch(/^#1 new .* message 0 \(not acked\)\n#1 redelivered .*\(not acked\)/);
  // An ack that is late is followed by a redelivery, and then by none.
  const staysAcked = async () => {
    const [before, from] = [sound.sequences.length, failing.sequences.length];
    await waitFor(() => failing.sequences.length >= from + 3);
    return before > 0 && sound.sequences.length === before;
  };
  await waitFor(staysAcked, { timeoutMs: 90_000, what: 'no redelivery of what is acked' });
  expect(new Set(sound.sequences)).toEqual(new Set([1]));
});

test('max in flight: unacked messages hold back what is new', async () => {
  await counted(5);
  const listener = await listening(channel, '--all', '--no-ack', '--max-in-flight', '2', '--ack-wait', '1000');
  await waitFor(() => listener.sequences.length > 5);
  expect(new Set(listener.sequences)).toEqual(new Set([1, 2]));
});

test('a durable without a queue group and without --client is told to be of no use', async () => {
  expect((await listening(channel, '--durable', 'mine')).stderr).toMatch(
    /^without --queue a durable belongs to its client id/m,
  );
});
