import { Types } from 'mongoose';
import {
  type RolledBackReads,
  startRolledBackReads,
  testConnection,
  testDatabaseUri,
  testServers,
  waitFor,
} from '@ticketing/testing';
import { BY_MAJORITY } from '../mongo/durable';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';

let mongo: RolledBackReads;
let bench: Bench;
beforeEach(async () => {
  mongo = await startRolledBackReads(testServers().mongoUrl);
  const connection = await testConnection(testDatabaseUri(undefined, { mongoUrl: mongo.url }));
  bench = await Bench.open({ connection });
});
afterEach(async () => {
  await bench.close();
  await mongo.close();
});

test('an event is not acked as seen by a version that a failover rolls back', async () => {
  const subject = 'ticket:updated';
  await bench.consumer([inOrder(subject)]);
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0));
  await bench.versionIs(id, 0);
  mongo.answerOnce('copies', [{ _id: new Types.ObjectId(id), version: 2 }]);
  await bench.publish(subject, ticketEvent(id, 2));
  await bench.parkedIs(1);
  await bench.publish(subject, ticketEvent(id, 1));
  const stored = () => bench.replica.documents.findOne({ _id: new Types.ObjectId(id) }, BY_MAJORITY);
  await waitFor(async () => (await stored())?.version === 2);
  await bench.outcomesAre({ applied: 3, parked: 1 });
});
