import { sleep } from '../runtime/retry';
import type { Logger } from '../runtime/logger';
import type { mongo } from 'mongoose';
import {
  dropAndClose,
  type EngineServer,
  startTcpProxy,
  testConnection,
  testDatabaseUri,
  waitFor,
} from '@ticketing/testing';
import { GroupPosition } from './group-position';
import { Bench, inOrder, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';
import type { Broker, Position } from '../broker/port';
import type { Listener } from './listener';
import { type CreateBrokerOptions, createBroker } from '../broker/create-broker';
import { engineOfRun } from '../broker/engine-of-run.test.helper';
import { encodeEvent } from '../events/contracts';

const subject = 'ticket:updated';
const at = (sequence: number, storedAt: number): Position => ({ sequence, storedAt });

describe('on a channel that holds 100 messages', () => {
  let nats: EngineServer;
  let bench: Bench;
  const brokers: Broker[] = [];

  const brokerOf = (logger: Logger, options: Partial<CreateBrokerOptions> = {}) => {
    const settings = { ...engineOfRun.settings(nats.url), pingIntervalMs: 30_000 };
    const broker = createBroker({ ...settings, clientIdPrefix: 'test', logger, ...options });
    brokers.push(broker);
    return broker;
  };
  const newBroker = (options?: Partial<CreateBrokerOptions>) => brokerOf(bench.logger, options);
  beforeEach(async () => {
    nats = await engineOfRun.start({ messages: 100 });
    bench = await Bench.open({ connection: await testConnection(), broker: brokerOf });
    await waitFor(() => bench.broker.isConnected());
  });
  afterEach(async () => {
    await bench.close();
    await Promise.all(brokers.splice(0).map((broker) => broker.close()));
    await nats.remove();
  });

  /** Without their aggregates: JetStream limits what it keeps of each subject, and this is one. */
  const publish = async (count: number) => {
    const events = Array.from({ length: count }, () => encodeEvent(subject, ticketEvent(newId(), 0)));
    await Promise.all(events.map((payload) => bench.broker.publish(subject, payload)));
  };
  const applied = (count: number) => waitFor(async () => (await bench.count('applied')) === count);
  const listener = () => inOrder(subject);
  const reported = async () =>
    (await bench.metrics.lostHistory.get()).values.reduce((sum, { value }) => sum + value, 0);
  const said = () => bench.lines.filter(({ msg }) => msg.startsWith('lost history'));

  test('messages that its limits dropped while the group was down are reported, by number, with what to do', async () => {
    const first = await bench.consumer([listener()]);
    await publish(20);
    await applied(20);
    await first.drain();
    await publish(150);
    await bench.consumer([listener()]);
    await applied(120);
    await waitFor(async () => (await reported()) === 1);
    expect(said()).toMatchObject([{ level: 50, channel: subject, kind: 'lost', from: 21, to: 70 }]);
    expect(said()[0]?.msg).toContain('re-emit');
    await sleep(1_500);
    expect(await reported()).toBe(1);
  });

  test('a new group that comes too late for the first messages reports that', async () => {
    await publish(130);
    await bench.consumer([listener()]);
    await applied(100);
    await waitFor(async () => (await reported()) === 1);
    expect(said()).toMatchObject([{ kind: 'lost', from: 1, to: 30 }]);
  });

  test('a group that has seen what was dropped reports nothing: restarts, two members, a loss of the connection', async () => {
    const one = await bench.consumer([listener()]);
    const two = await bench.consumer([listener()], { broker: newBroker() });
    for (let round = 1; round <= 3; round += 1) {
      await publish(80);
      await applied(round * 80);
    }
    await sleep(200);
    await Promise.all([one.drain(), two.drain()]);
    await publish(50);
    await bench.consumer([listener()]);
    await bench.consumer([listener()], { broker: newBroker() });
    await applied(290);
    await sleep(1_500);
    expect(said()).toEqual([]);
  });

  test('a member whose connection was lost for long reports nothing that the others have handled', async () => {
    const proxy = await startTcpProxy(nats.url);
    const cut = newBroker({ url: `nats://127.0.0.1:${proxy.port}`, pingIntervalMs: 1_000, maxPingsOut: 1 });
    await waitFor(() => cut.isConnected());
    await bench.consumer([listener()], { broker: cut });
    await bench.consumer([listener()], { broker: newBroker() });
    await publish(30);
    await applied(30);
    proxy.refuse = true;
    proxy.cut();
    for (let round = 1; round <= 3; round += 1) {
      await publish(80);
      // Messages of the member that is cut off come to the other one when the server drops it.
      await waitFor(async () => (await bench.replica.all()).length === 30 + round * 80, { timeoutMs: 60_000 });
    }
    await waitFor(() => bench.lines.some(({ msg }) => msg.startsWith(`lost the ${engineOfRun.name} client`)));
    proxy.refuse = false;
    await waitFor(() => cut.isConnected());
    await sleep(1_500);
    expect(said()).toEqual([]);
    await proxy.close();
  });

  test('redeliveries are no new store and no loss', async () => {
    let failing = true;
    const flaky: Listener = {
      subject,
      ordering: 'any-order',
      key: ({ id }) => id,
      handle: () => (failing ? Promise.reject(new Error('later')) : Promise.resolve('applied')),
    };
    await bench.consumer([flaky], { settings: { ...REDELIVERED_SOON, maxAttempts: 100 } });
    await publish(20);
    await waitFor(async () => (await bench.count('failed')) >= 20);
    failing = false;
    await publish(10);
    await waitFor(async () => (await bench.count('applied')) >= 30);
    expect(said()).toEqual([]);
  });
});

describe('the position of a group', () => {
  test('costs nothing while nothing happens, and is written once however often it is flushed', async () => {
    const connection = await testConnection(`${testDatabaseUri()}?monitorCommands=true`);
    const asked: string[] = [];
    connection.getClient().on('commandStarted', ({ commandName }: mongo.CommandStartedEvent) => {
      if (['find', 'update'].includes(commandName)) asked.push(commandName);
    });
    try {
      const history = new GroupPosition(connection, 'group', subject, 'streaming');
      for (let times = 0; times < 3; times += 1) await history.flush();
      expect(asked).toEqual([]);
      history.passed(at(5, 50));
      for (let times = 0; times < 3; times += 1) await history.flush();
      expect(asked).toEqual(['find', 'update']);
    } finally {
      await dropAndClose(connection);
    }
  });

  test('is kept for the next process, is that of the furthest member, and never goes back', async () => {
    const connection = await testConnection();
    const of = () => new GroupPosition(connection, 'group', subject, 'streaming');
    const stored = () => of().learn();
    try {
      const [one, two] = [of(), of()];
      expect(one.passed(at(99, 990))).toBeUndefined();
      two.passed(at(50, 500));
      await Promise.all([one.flush(), two.flush()]);
      await Promise.all([one.flush(), two.flush()]);
      expect(await stored()).toEqual(at(99, 990));
      two.passed(at(60, 600));
      await two.flush();
      expect(await stored()).toEqual(at(99, 990));
      expect(two.reached).toEqual(at(99, 990));
      // In a new store sequences begin again, and the server's time does not.
      expect(one.passed(at(1, 2_000))).toEqual(at(99, 990));
      expect(one.passed(at(98, 980))).toBeUndefined();
      expect(one.passed(at(2, 2_010))).toEqual(at(1, 2_000));
      await one.flush();
      expect(await stored()).toEqual(at(2, 2_010));
    } finally {
      await dropAndClose(connection);
    }
  });

  test('as an older version wrote it is read, and the name of a store is kept', async () => {
    const connection = await testConnection();
    const position = new GroupPosition(connection, 'group', subject, 'streaming');
    try {
      const written = { _id: `group|${subject}` as never, sequence: 7, storedAt: 700 };
      await connection.collection('channel_positions').insertOne(written);
      expect(await position.learn()).toEqual(at(7, 700));
      position.passed({ ...at(1, 900), store: 'another' });
      await position.flush();
      expect(await new GroupPosition(connection, 'group', subject, 'streaming').learn()).toEqual({
        ...at(1, 900),
        store: 'another',
      });
    } finally {
      await dropAndClose(connection);
    }
  });
});
