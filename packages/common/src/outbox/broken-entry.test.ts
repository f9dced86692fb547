import { createPublisher } from '../bus/publisher';
import { createLogger } from '../logger';
import { createMetrics } from '../metrics';
import { dropAndClose, testBus, testConnection, waitFor } from '../testing';
import { newThing, pendingCount, stored, thingModel } from './owner.test.helper';
import { Relay } from './relay';

test('an entry that breaks its contract stays, is logged as an error, and holds up no other aggregate', async () => {
  const [connection, bus] = await Promise.all([testConnection(), testBus()]);
  const lines: { level: number; eventId?: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const logger = createLogger({ name: 'test', level: 'debug', destination });
  const metrics = createMetrics('test');
  const model = thingModel(connection);
  const [broken, good] = [newThing(model), newThing(model)];
  await Promise.all([broken.save(), good.save()]);
  const old = { 'outbox.0.at': new Date(Date.now() - 60_000) };
  await model.collection.updateOne({ _id: good._id }, { $set: old });
  await model.collection.updateOne({ _id: broken._id }, { $set: { ...old, 'outbox.0.event.colour': 'red' } });
  const relay = new Relay({
    connection,
    models: [model],
    publisher: createPublisher(bus, metrics),
    logger,
    metrics,
    sweepMs: 50,
  });
  try {
    await waitFor(async () => (await pendingCount(model)) === 1);
    const [entry] = (await stored(model, broken._id)).outbox;
    await waitFor(() => lines.some(({ level, eventId }) => level === 50 && eventId === entry?.id));
    expect((await metrics.eventsPublished.get()).values).toMatchObject([{ value: 1 }]);
  } finally {
    await relay.drain();
    await bus.close();
    await dropAndClose(connection);
  }
});
