import mongoose, { type Connection } from 'mongoose';
import type { CommandStartedEvent } from 'mongodb';
import { createPublisher } from './publisher';
import {
  silentLogger,
  startRolledBackReads,
  testConnection,
  testDatabaseUri,
  testServers,
  waitFor,
  TestBed,
} from '@ticketing/testing';
import { newThing, type Owner, startOwner, thingModel, thingState } from './owner.test.helper';
import { createOwnedIndexes } from './owned-indexes';
import { reEmit } from './re-emit';
import { Relay } from './relay';
import { updateAggregate } from './update-aggregate';

type Command = Record<string, unknown>;

let bed: TestBed;
let owner: Owner;
/** Records what the driver sends. */
let connection: Connection;
const sent: CommandStartedEvent[] = [];
beforeAll(async () => {
  bed = await TestBed.open();
  owner = await startOwner({ databaseUri: bed.databaseUri, channelPrefix: bed.channelPrefix, sweepMs: 60_000 });
  connection = await mongoose.createConnection(bed.databaseUri, { monitorCommands: true }).asPromise();
  connection.getClient().on('commandStarted', (event) => sent.push(event));
});
afterAll(async () => {
  await owner.close();
  await connection.close();
  await bed.close();
});

const ofThings = (name: string): Command[] =>
  sent
    .filter(({ commandName, command }) => commandName === name && command[name] === 'things')
    .map(({ command }) => command);

test('an owned aggregate is written with majority and journal, whatever the connection says', async () => {
  const model = thingModel(connection);
  const thing = newThing(model);
  await thing.save();
  await updateAggregate(model, thing._id, () => 'ticket:updated');
  for (const name of ['insert', 'update']) {
    const commands = ofThings(name);
    expect(commands.length).toBeGreaterThan(0);
    for (const { writeConcern } of commands) expect(writeConcern).toMatchObject({ w: 'majority', j: true });
  }
});

test('the sweep and a re-emission read with majority: nothing is published that a failover can take back', async () => {
  const model = connection.model('Thing') as unknown as ReturnType<typeof thingModel>;
  const publisher = createPublisher(owner.broker, owner.metrics, silentLogger());
  const { metrics } = owner;
  sent.length = 0;
  const relay = new Relay({ connection, models: [model], publisher, logger: silentLogger(), metrics, sweepMs: 20 });
  await waitFor(() => ofThings('find').length > 0);
  await relay.drain();
  await reEmit({ model, publisher, subject: () => 'ticket:updated', state: thingState });
  const finds = ofThings('find');
  expect(finds.some(({ sort }) => sort !== undefined)).toBe(true);
  for (const { readConcern } of finds) expect(readConcern).toEqual({ level: 'majority' });
  // A `$slice` alone would be the whole document on mongod: https://www.mongodb.com/docs/manual/reference/operator/projection/slice/
  const [sweep] = finds.filter(({ sort }) => sort === undefined);
  expect(sweep?.['projection']).toEqual({ _id: 1, outbox: { $slice: 20 } });
});

test('a change is not taken for done by a state that a failover rolls back', async () => {
  const rolledBack = await startRolledBackReads(testServers().mongoUrl);
  const uri = testDatabaseUri(bed.connection.name, { mongoUrl: rolledBack.url });
  const through = await testConnection(uri);
  try {
    const model = thingModel(through);
    const thing = newThing(model);
    await thing.save();
    rolledBack.answerOnce('things', [{ ...thing.toObject(), price: 77, version: 1 }]);
    const updated = await updateAggregate(model, thing._id, (found) => {
      if (found.price === 77) return undefined;
      found.price = 77;
      return 'ticket:updated';
    });
    expect(updated).toMatchObject({ saved: true, document: { version: 1, price: 77 } });
  } finally {
    await through.close();
    await rolledBack.close();
  }
});

test('an index leads the sweep to documents with something pending', async () => {
  const index = { key: { 'outbox.at': 1 }, name: 'outbox_pending', sparse: true };
  expect(await owner.model.collection.indexes()).toContainEqual(expect.objectContaining(index));
});

test('the index that earlier versions made is dropped, once there is the one that replaces it', async () => {
  const { collection } = owner.model;
  await collection.createIndex({ 'outbox.at': 1 });
  for (let start = 0; start < 2; start += 1) await createOwnedIndexes(owner.model);
  const names = (await collection.indexes()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['outbox_pending']));
  expect(names).not.toContain('outbox.at_1');
});
