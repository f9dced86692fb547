import { createPublisher } from './publisher';
import { createMetrics } from '../runtime/metrics';
import { dropAndClose, silentLogger, testBroker, testConnection, waitFor } from '@ticketing/testing';
import { newThing, pendingCount, stored, thingModel } from './owner.test.helper';
import { Relay } from './relay';

test('an entry with a field that only a newer version knows is published as it is', async () => {
  const [connection, broker] = await Promise.all([testConnection(), testBroker()]);
  const payloads: string[] = [];
  const metrics = createMetrics('test');
  const model = thingModel(connection);
  const thing = newThing(model);
  await thing.save();
  const newer = { 'outbox.0.at': new Date(Date.now() - 60_000), 'outbox.0.event.colour': 'red' };
  await model.collection.updateOne({ _id: thing._id }, { $set: newer });
  const [entry] = (await stored(model, thing._id)).outbox;
  if (!entry) throw new Error('the saved thing has no event');
  const options = { group: 'readers', ackWaitMs: 1_000, maxInFlight: 1 };
  const subscription = broker.consume(entry.subject, options, (message) => payloads.push(message.payload));
  const publisher = createPublisher(broker, metrics, silentLogger());
  const relay = new Relay({ connection, models: [model], publisher, logger: silentLogger(), metrics, sweepMs: 50 });
  try {
    await waitFor(() => payloads.length > 0);
    expect(JSON.parse(payloads[0] ?? '')).toEqual({ ...entry.event, colour: 'red' });
    await waitFor(async () => (await pendingCount(model)) === 0);
  } finally {
    await relay.drain();
    await subscription.close();
    await broker.close();
    await dropAndClose(connection);
  }
});
