import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy, waitFor } from '@ticketing/testing';
import { PULL } from '../../runtime/policies';
import { asClient, IN_TIME, inField, member, publishUntilStored } from './field.test.helper';
import { consumerOf, STREAM } from './names';

jest.setTimeout(180_000);
afterEach(() => jest.restoreAllMocks());

/** A request counts as forgotten before its first heartbeat, and ends after two seconds. */
function impatient(): void {
  const times = { silenceMs: 400, lookEveryMs: 100, heartbeatMs: 1_000, endsAfterMs: 2_000, answerMs: 20_000 };
  for (const [name, ms] of Object.entries(times)) jest.replaceProperty(PULL, name as keyof typeof PULL, ms as never);
}

test(
  'a request that ends while the member waits for an answer to its ping is followed by another one',
  inField(async (field) => {
    const server = await field.server();
    let held = 0;
    let isArmed = false;
    // The ping of the member is held back until its request is over.
    const proxy = await startTcpProxy(server.url, () => (said) => {
      proxy.delayMs = 0;
      if (!isArmed || !said.includes('PING')) return;
      held += 1;
      proxy.delayMs = 2_500;
    });
    field.ending(() => proxy.close());
    const direct = await field.connected(server.url);
    const broker = await field.connected(`nats://127.0.0.1:${proxy.port}`, { pingIntervalMs: 120_000 });
    impatient();
    const { subscription, has } = member(broker, field);
    await subscription.ready;
    isArmed = true;
    await waitFor(() => held > 0, IN_TIME);
    isArmed = false;
    await sleep(4_000);
    await publishUntilStored(direct, field.channel, '1');
    await has(['1']);
    expect(broker.isConnected()).toBe(true);
  }),
);

test(
  'requests that nobody takes are repeated with pauses, and that is said',
  inField(async (field) => {
    const name = consumerOf(field.channel, field.group);
    const mapping = `mappings: { "$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${name}": "nobody" }`;
    const server = await field.server({ config: mapping });
    const broker = await field.connected(server.url);
    const nats = await asClient(field, server.url);
    let asked = 0;
    nats.subscribe('$JS.API.CONSUMER.INFO.>', { callback: () => void (asked += 1) });
    await nats.flush();
    await member(broker, field).subscription.ready;
    await sleep(4_000);
    const isSaid = ({ level, msg }: (typeof field.lines)[number]) =>
      level >= 40 && msg.startsWith('requests for messages are not');
    await waitFor(() => asked > 2 && field.lines.some(isSaid), IN_TIME);
    expect(asked).toBeLessThan(40); // without pauses some thousands
    expect(field.lines.filter(isSaid)).toMatchObject([
      { consumer: name, reason: expect.stringMatching(/^503/) as string },
    ]);
  }),
);

test(
  'a subscription is not ready before the server has the request',
  inField(async (field) => {
    const server = await field.server();
    const proxy = await startTcpProxy(server.url, () => (said) => {
      if (said.includes('CONSUMER.MSG.NEXT')) proxy.swallowReplies = true;
    });
    field.ending(() => proxy.close());
    const broker = await field.connected(`nats://127.0.0.1:${proxy.port}`, { timeoutMs: 1_000 });
    const { subscription } = member(broker, field);
    let isReady = false;
    void subscription.ready.then(() => (isReady = true));
    await waitFor(() => proxy.swallowReplies, IN_TIME);
    await sleep(3_000);
    proxy.refuse = true;
    proxy.cut();
    expect(isReady).toBe(false);
  }),
);
