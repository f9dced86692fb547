import type { Connection } from 'mongoose';
import { connectDatabase } from './database';
import { createMetrics } from '../runtime/metrics';
import { poolGauges, watchPool } from './pool-use';
import { dropAndClose, silentLogger, testDatabaseUri, waitFor } from '@ticketing/testing';

const MAX = 3;
let connection: Connection;
const metrics = createMetrics('test');

beforeAll(async () => {
  const uri = `${testDatabaseUri()}?maxPoolSize=${MAX}`;
  connection = await connectDatabase({ uri, defaultDbName: 'test', logger: silentLogger() });
  poolGauges(connection, metrics);
});
afterAll(() => dropAndClose(connection));

async function pool() {
  const text = await metrics.scrape();
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`ticketing_mongo_pool_${name}`))
        ?.split(' ')[1],
    );
  const [inUse, idle] = ['in_use', 'idle'].map((state) => value(`connections{state="${state}"`));
  return { inUse, idle, waiting: value('waiting'), max: value('max') };
}

test('connections in use, idle ones, and waiting operations, with the driver itself', async () => {
  const documents = connection.collection('documents');
  let going = true;
  const busy = Array.from({ length: 40 }, async () => {
    while (going) await documents.findOne({}).catch(() => undefined);
  });
  await waitFor(async () => {
    const { inUse = 0, waiting } = await pool();
    return inUse === MAX && waiting > 0;
  });
  going = false;
  await Promise.all(busy);
  expect(await pool()).toEqual({ inUse: 0, idle: MAX, waiting: 0, max: MAX });
});

test('a connection that was made before the watch is known from its first use on; what is closed is gone', async () => {
  const uri = testDatabaseUri();
  const early = await connectDatabase({ uri, defaultDbName: 'test', logger: silentLogger() });
  await early.collection('documents').findOne({});
  const use = watchPool(early);
  expect(use()).toEqual({ inUse: 0, idle: 0, waiting: 0 });
  await early.collection('documents').findOne({});
  expect(use()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
  await early.close();
  expect(use()).toEqual({ inUse: 0, idle: 0, waiting: 0 });
});

test('what a server had is forgotten with its pool, and a connection that never got ready is none', async () => {
  const early = await connectDatabase({ uri: testDatabaseUri(), defaultDbName: 'test', logger: silentLogger() });
  const use = watchPool(early);
  const client = early.getClient();
  const of = (address: string) => ({ address, connectionId: 1 }) as never;
  client.emit('connectionCreated', of('gone:1'));
  expect(use()).toEqual({ inUse: 0, idle: 0, waiting: 0 });
  client.emit('connectionReady', of('gone:1'));
  client.emit('connectionCheckOutStarted', of('gone:1'));
  client.emit('connectionCheckedOut', of('gone:1'));
  client.emit('connectionCheckOutStarted', of('gone:1'));
  client.emit('connectionReady', of('stays:1'));
  expect(use()).toEqual({ inUse: 1, idle: 1, waiting: 1 });
  client.emit('connectionPoolClosed', of('gone:1'));
  expect(use()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
  await early.close();
});
