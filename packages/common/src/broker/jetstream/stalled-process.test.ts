import { PULL } from '../../runtime/policies';
import { inField, member, publishUntilStored } from './field.test.helper';

jest.setTimeout(180_000);
afterEach(() => jest.restoreAllMocks());

// In a file of its own: everything in the process stands still.
test(
  'a member asks again when its request has ended while the process stood still',
  inField(async (field) => {
    jest.replaceProperty<{ endsAfterMs: number }, 'endsAfterMs'>(PULL, 'endsAfterMs', 3_000);
    jest.replaceProperty<{ answerMs: number }, 'answerMs'>(PULL, 'answerMs', 20_000);
    const server = await field.server();
    const proxy = await field.proxy(server.url);
    const direct = await field.connected(server.url, { pingIntervalMs: 60_000 });
    const broker = await field.connected(proxy.url, { pingIntervalMs: 60_000 });
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { subscription, has } = member(broker, field);
    await subscription.ready;
    // The end of the request is read before the answer to the ping, and not together with it.
    proxy.delayMs = 50;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_500);
    await publishUntilStored(direct, field.channel, '1');
    await has(['1']);
    expect(connections).toBe(0);
  }),
);
