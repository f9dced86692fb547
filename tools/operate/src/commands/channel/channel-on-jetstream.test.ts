import { OperatedSystem } from '../../operated-system.test.helper';
import { runCommand } from '../../run-command.test.helper';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open({}, 'jetstream');
});
afterAll(() => system.close());

const run = (...args: string[]) => runCommand(['channel', ...args], system.env);

test('shows the stream, the consumers of each channel, and what the services count', async () => {
  await system.traffic('a concert');
  await system.quiet();
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^syncs before each ack$/m);
  expect(stdout).toMatch(/^ticketing +\S+ +1 +8 /m); // 1 created, 4 updated, 2 ordered, 1 cancelled
  expect(stdout).toMatch(/^ticket:created +orders-service__ticket_3a_created +0 +0 +0 /m);
  expect(stdout).toMatch(/^order:created +tickets-service__order_3a_created +0 +0 +0 /m);
  const one = await run('ticket:created', '--json');
  expect(one.json()).toMatchObject({
    stream: { state: { messages: 8 } },
    consumers: [
      { channel: 'ticket:created', name: 'orders-service__ticket_3a_created', num_pending: 0, num_ack_pending: 0 },
    ],
    groups: { 'ticket:created': [{ group: 'orders-service', parked: 0, deadLetters: { dead: 0, redriven: 0 } }] },
    missing: [],
  });
});

test('a channel that no group reads: exit 1', async () => {
  expect(await run('nonsense')).toMatchObject({
    ...{ code: 1, stdout: '' },
    stderr: 'JetStream has no consumer of nonsense: no group has subscribed.\n',
  });
});
