import { connect } from 'node-nats-streaming';
import { restartableNats, type Restartable } from './restartable';

let nats: Restartable;
let printed = '';

beforeEach(async () => {
  nats = await restartableNats((text) => (printed += text));
});
afterEach(() => nats.remove());

/** The sequence that the server gives to a message published now: 1 when its channel is empty. */
function nextSequence(): Promise<number> {
  return new Promise((resolve, reject) => {
    const stan = connect('ticketing', 'test', { url: nats.url, connectTimeout: 60_000 });
    stan.on('error', reject);
    stan.on('connect', () => {
      stan.publish('kept', 'x', (error) => {
        if (error) return reject(new Error(String(error)));
        const last = stan.subscribe('kept', stan.subscriptionOptions().setStartWithLastReceived());
        last.on('message', (message: { getSequence(): number }) => {
          stan.on('close', () => resolve(message.getSequence()));
          stan.close();
        });
      });
    });
  });
}

test('down and up keep the data, unless it is lost in between', async () => {
  expect(await nextSequence()).toBe(1);
  await nats.down();
  await nats.up();
  expect(await nextSequence()).toBe(2);
  await nats.down();
  await nats.loseData();
  await nats.up();
  expect(await nextSequence()).toBe(1);
  expect(printed.match(/Streaming Server is ready/g)).toHaveLength(3);
});

test('what is up does not lose its data', async () => {
  await expect(nats.loseData()).rejects.toThrow('take it down first');
  expect(await nextSequence()).toBe(1);
});
