import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { client, history, publish } from './client.test.helper';
import { type Engine, powerFailures } from './power-failure.test.helper';
import { startJetStream } from './start-jetstream';
import { startNats } from './start-nats';

jest.setTimeout(300_000);
const env = { ...process.env, NATS_URL: '' };
const THINGS = 'things';

const natsStreaming = (...args: readonly string[]): Engine => ({
  start: (dataDir) => startNats({ dataDir, args, env }),
  publisher: async (server, name) => {
    const stan = await client(server, name);
    let isOver = false;
    stan.once('close', () => (isOver = true));
    return async (message) => {
      await publish(stan, THINGS, message);
      if (isOver) throw new Error('not acked'); // a client that ends calls back without an error, and then says so
    };
  },
  held: async (server, acked) => history(await client(server, 'reader'), THINGS, acked),
  needsToSettle: true, // it syncs messages, but not server.dat, which it writes once
});

const jetStream = (config: string): Engine => ({
  start: (dataDir) => startJetStream({ dataDir, config, env }),
  publisher: async ({ url }, name) => {
    const nats = await connect({ servers: url, name, reconnect: false });
    await (await jetstreamManager(nats)).streams.add({ name: THINGS, subjects: [THINGS] });
    return (message) => jetstream(nats, { timeout: 60_000 }).publish(THINGS, message);
  },
  held: async ({ url }) => {
    const nats = await connect({ servers: url, reconnect: false });
    const { messages } = (await (await jetstreamManager(nats)).streams.info(THINGS)).state;
    const held: string[] = [];
    const consumer = await jetstream(nats).consumers.get(THINGS);
    if (messages > 0)
      for await (const each of await consumer.fetch({ max_messages: messages })) held.push(each.string());
    await nats.close();
    return held;
  },
});

/** What it says is the table in docs/operations.md. */
async function measured(name: string, engine: Engine) {
  const found = await powerFailures(engine);
  if (found) process.stderr.write(`${name}: ${found.lost} of ${found.acked} acked lost, power cuts ${found.cuts}\n`);
  return found;
}

test.each([
  ['NATS Streaming', natsStreaming()],
  ['JetStream, sync_interval: always', jetStream('')],
])('a power failure takes nothing that was acked: %s', async (name, engine) => {
  const found = await measured(name, engine);
  if (!found) return;
  expect(found.acked).toBeGreaterThan(100);
  expect(found.lost).toBe(0);
});

// A cut that takes nothing from these proves nothing about the others.
test.each([
  ['NATS Streaming, --file_sync=false', natsStreaming('--file_sync=false')],
  [
    'JetStream, sync_interval: 2m, its default',
    { ...jetStream('jetstream { sync_interval: "2m" }'), needsToSettle: true },
  ],
  ['JetStream, sync_interval: 1s', { ...jetStream('jetstream { sync_interval: "1s" }'), needsToSettle: true }],
])('without a sync before each ack it takes acked messages: %s', async (name, engine) => {
  const found = await measured(name, engine);
  if (!found) return;
  expect(found.lost).toBeGreaterThan(0);
});
