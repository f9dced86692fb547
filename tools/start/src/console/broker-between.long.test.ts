import { connectedWithin, createBroker, createLogger, type Message } from '@ticketing/common';
import { type Engine, startBroker } from '@ticketing/servers';
import { openUntil, waitFor } from '@ticketing/testing';
import { type BrokerBetween, startBrokerBetween } from './broker-between';

jest.setTimeout(180_000);

describe.each<Engine>(['streaming', 'jetstream'])('%s', (engine) => {
  const happened: string[] = [];
  const came: string[] = [];
  const open = openUntil(afterAll);
  let between: BrokerBetween;
  let publish: (payload: string) => Promise<unknown>;

  beforeAll(async () => {
    const server = open(await startBroker(engine, { env: { ...process.env, NATS_URL: '' } }), (opened) =>
      opened.stop(),
    );
    const told = (text: string) => happened.push(text);
    between = open(await startBrokerBetween(server.url, ['ticket:created'], told), (opened) => opened.close());
    const connect = (url: string) => {
      const logger = createLogger({ name: 'test', level: 'silent' });
      const { clusterId } = server;
      return open(createBroker({ engine, url, clusterId, clientIdPrefix: 'test', logger }), (opened) => opened.close());
    };
    const [direct, through] = [connect(server.url), connect(between.url)];
    for (const broker of [direct, through]) expect(await connectedWithin(broker, 30_000)).toBe(true);
    publish = (payload) => direct.publish('ticket:created', JSON.stringify(payload));
    const take = (message: Message) => {
      const payload = JSON.parse(message.payload) as string;
      // Only here, or an ack of a message before it could be the next one.
      if (payload === '{again}' && !came.includes(payload)) between.next('drop-ack');
      came.push(payload);
      message.ack();
    };
    const options = { group: 'g', ackWaitMs: 2_000, maxInFlight: 8 };
    await open(through.consume('ticket:created', options, take), (opened) => opened.close()).ready;
  });

  const comes = (payload: string, times = 1) =>
    waitFor(() => came.filter((one) => one === payload).length >= times, { timeoutMs: 60_000, what: payload });

  test('everything passes as it is', async () => {
    for (const payload of ['{a}', 'x'.repeat(200_000)]) {
      await publish(payload);
      await comes(payload);
    }
    expect(happened).toEqual([]);
  });

  test('a message that is held back is overtaken by the next one, and comes later', async () => {
    between.next('hold');
    await Promise.all([publish('{held}'), publish('{next}')]);
    await comes('{next}');
    await comes('{held}'); // by itself, or again after the ack wait
    expect(came.indexOf('{next}')).toBeLessThan(came.indexOf('{held}'));
    await waitFor(() => happened.length > 1, { timeoutMs: 60_000, what: 'the end of the holding' });
    expect(happened).toEqual([expect.stringMatching(/held back for/), expect.stringMatching(/is delivered$/)]);
  });

  test('one is delivered twice; one whose ack is dropped comes again after the ack wait', async () => {
    between.next('twice');
    await publish('{twice}');
    await comes('{twice}', 2);
    await publish('{again}');
    await comes('{again}', 2);
    expect(happened.slice(-2)).toEqual([
      expect.stringMatching(/delivered twice$/),
      expect.stringMatching(/ack.*dropped/),
    ]);
  });
});
