import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { uniqueName, waitFor } from '@ticketing/testing';
import { killAll, Program } from '../program.test.helper';

const channel = uniqueName('channel-');
afterEach(killAll);

test.each(['SIGINT', 'SIGTERM'] as const)('where nobody answers, %s ends both programs', async (signal) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  let met = 0;
  silent.on('connection', () => (met += 1));
  const programs = [
    new Program('publish/publisher.js', [channel, 'x', '--url', url]),
    new Program('listen/listener.js', [channel, '--url', url]),
  ];
  await waitFor(() => met === 2, { what: 'two connections' });
  for (const { code, stderr } of await Promise.all(programs.map((program) => program.kill(signal)))) {
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^stopped /) });
  }
  silent.close();
});

test('asked to end as soon as it is connected, it still closes the subscription, then the connection', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
    const listener = new Program('listen/listener.js', [channel]);
    await waitFor(() => listener.stderr.includes('is connected'), { everyMs: 1 });
    const { code, stderr } = await listener.kill(signal);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/subscription closed\nconnection closed\n$/),
    });
  }
});
