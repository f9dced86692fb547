import { once } from 'node:events';
import net, { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import mongoose, { mongo } from 'mongoose';
import { connectDatabase } from './database';
import { isDatabaseUnavailable, isDiskFull, isDuplicateKey } from './database-errors';
import { sleep } from '../runtime/retry';
import { dropAndClose, silentLogger, testConnection, testServers, waitFor } from '@ticketing/testing';

const serverError = (code: number, ...errorLabels: string[]) =>
  new mongo.MongoServerError({ message: 'the server says no', code, errorLabels });
const bulkError = (error: ConstructorParameters<typeof mongo.MongoBulkWriteError>[0]) =>
  new mongo.MongoBulkWriteError(error, {} as mongo.BulkWriteResult);
const socketError = (code: string) => Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });

test.each<[string, unknown, boolean]>([
  ...[43, 91, 175, 189, 365, 10107, 11600, 11602, 13435, 13436, 14031].map(
    (code) => [`the server code ${code}`, serverError(code), true] as [string, unknown, boolean],
  ),
  ['a code of tomorrow, labelled for writes', serverError(99_999, 'RetryableWriteError'), true],
  ['a code of tomorrow, labelled', serverError(99_999, 'SystemOverloadedError', 'RetryableError'), true],
  ['a code of tomorrow, labelled otherwise', serverError(99_999, 'TransientTransactionError'), false],
  ['a network timeout', new mongo.MongoNetworkTimeoutError('connection timed out'), true],
  ['a closed topology', new mongo.MongoTopologyClosedError('Topology is closed'), true],
  ['no connection', new mongo.MongoNotConnectedError('Client must be connected'), true],
  ['no server', new mongoose.Error.MongooseServerSelectionError('connect ECONNREFUSED'), true],
  ['an error that the driver caused', new Error('not saved', { cause: serverError(91) }), true],
  ['a bulk write without a connection', bulkError(new mongo.MongoNetworkError('connection 1 closed')), true],
  ['a bulk write with a refused document', bulkError({ message: 'E11000', code: 11000 }), false],
  ['a duplicate key', serverError(11000), false],
  ['a failed validation by the server', serverError(121), false],
  ['a failed login', serverError(18), false],
  ['a code of another system', Object.assign(new Error('91'), { code: 91 }), false],
  ['a name of the driver on another error', Object.assign(new Error('x'), { name: 'MongoNetworkError' }), false],
  ['a broken socket of somebody else', socketError('ECONNRESET'), false],
  ['a fetch whose socket broke', new TypeError('fetch failed', { cause: socketError('EPIPE') }), false],
  ['a system error that is not of a socket', Object.assign(new Error('no such file'), { code: 'ENOENT' }), false],
  ['an ordinary error', new Error('before initial connection'), false],
  ['a text', 'MongoNetworkError', false],
  ['nothing', undefined, false],
])('%s: is MongoDB unavailable', (_name, error, expected) => {
  expect(isDatabaseUnavailable(error)).toBe(expected);
});

test.each<[string, unknown, boolean]>([
  ['the server says so', serverError(14031), true],
  ['it is the cause', new Error('not saved', { cause: serverError(14031) }), true],
  ['the server is away', serverError(91), false],
  ['another system has the code', Object.assign(new Error('full'), { code: 14031 }), false],
  ['nothing is wrong', undefined, false],
])("%s: is MongoDB's disk full", (_name, error, expected) => {
  expect(isDiskFull(error)).toBe(expected);
});

test('a cursor that the server does not know any more, as after a restart, means unavailable', async () => {
  const connection = await testConnection();
  try {
    const things = connection.collection('things');
    await things.insertMany([{}, {}, {}]);
    const cursor = things.find({}, { batchSize: 1 });
    await cursor.next();
    await connection.db?.command({ killCursors: 'things', cursors: [cursor.id] });
    const error: unknown = await cursor.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ codeName: 'CursorNotFound' });
    expect(isDatabaseUnavailable(error)).toBe(true);
  } finally {
    await dropAndClose(connection);
  }
});

/** Plain sockets between the driver and the MongoDB of the run, in pairs: of the driver, and of the server. */
async function lineToMongo(options = '') {
  const { hostname, port } = new URL(testServers().mongoUrl);
  const pairs: [Socket, Socket][] = [];
  const line = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    pairs.push([client, upstream]);
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  const uri = `mongodb://127.0.0.1:${(line.address() as AddressInfo).port}/?directConnection=true${options}`;
  const connection = await connectDatabase({ uri, defaultDbName: 'test', logger: silentLogger() });
  const close = async () => {
    await connection.destroy();
    for (const socket of pairs.flat()) socket.destroy();
    await new Promise((resolve) => line.close(resolve));
  };
  return { pairs, connection, close };
}

test('a socket of the driver that breaks while it is written to means unavailable, though it is no error of the driver', async () => {
  const { pairs, connection, close } = await lineToMongo();
  try {
    await connection.collection('large').findOne(); // so that the pool has a connection
    for (const socket of pairs.flat()) socket.unpipe().pause();
    const writing = connection.collection('large').insertOne({ text: 'x'.repeat(12_000_000) });
    const failing = writing.catch((error: unknown) => error);
    await sleep(300);
    for (const socket of pairs.flat()) socket.resetAndDestroy();
    const error = await failing;
    expect(error).toMatchObject({ name: 'Error', code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(isDatabaseUnavailable(error)).toBe(true);
  } finally {
    await close();
  }
});

test('a socket of the driver that breaks before its first write means unavailable, too', async () => {
  const { pairs, connection, close } = await lineToMongo('&maxIdleTimeMS=1'); // no connection is used twice
  const createConnection = net.createConnection;
  // As when the server is killed: its reset is there once the driver knows that it is connected, and before it writes.
  const spied = jest
    .spyOn(net, 'createConnection')
    .mockImplementation((...args: Parameters<typeof createConnection>) =>
      createConnection(...args).once('connect', () => pairs.at(-1)?.[0].resetAndDestroy()),
    );
  const errors: unknown[] = [];
  const ofWrite = () => errors.find((error) => (error as NodeJS.ErrnoException).syscall === 'write');
  try {
    const error = await waitFor(async () => {
      const writing = connection.collection('small').insertOne({});
      await writing.catch((failure: unknown) => errors.push(failure));
      return ofWrite();
    });
    expect(error).toMatchObject({ name: 'Error', code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(errors.filter((failure) => !isDatabaseUnavailable(failure))).toEqual([]);
  } finally {
    spied.mockRestore();
    await close();
  }
});

test('a circle of causes ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(isDatabaseUnavailable(error)).toBe(false);
});

test('a model used before its connection is open is unavailable', async () => {
  const connection = mongoose.createConnection();
  const Ticket = connection.model('Ticket', new mongoose.Schema({}, { bufferCommands: false, autoCreate: false }));
  const error: unknown = await Ticket.findOne().catch((failure: unknown) => failure);
  expect((error as Error).message).toContain('before initial connection');
  expect(isDatabaseUnavailable(error)).toBe(true);
  await connection.destroy();
});

test.each([
  ['E11000 duplicate key error collection: orders.orders index: a_1_b_1 dup key: { a: 1, b: 1 }', 'a_1_b_1', true],
  ['E11000 duplicate key error collection: orders.orders index: a_1_b_1 dup key: { a: 1, b: 1 }', 'a_1', false],
  ['E11000 duplicate key error collection: orders.orders index: a_1 dup key: { a: "index: b_1 " }', 'b_1', false],
  ['E11000 duplicate key error index: orders.orders.$a_1 dup key: { : 1 }', 'a_1', true],
  ["Duplicate key violation on the requested collection: Index 'a_1'", 'a_1', true],
  ["Duplicate key violation on the requested collection: Index 'a_1_b_1'", 'a_1', false],
  ['Duplicate key violation on the requested collection.', 'a_1', false],
])('the index in the message %j is %s: %s', (message, name, expected) => {
  const error = new mongo.MongoServerError({ message, code: 11000 });
  expect(isDuplicateKey(error)).toBe(true);
  expect(isDuplicateKey(error, { name, key: { other: 1 } })).toBe(expected);
});

test.each<[object, boolean]>([
  [{ a: 1, b: -1 }, true],
  [{ b: -1, a: 1 }, false],
  [{ a: 1, b: 1 }, false],
  [{ a: 1 }, false],
])('of the key pattern %j it is {a: 1, b: -1}: %s, whatever the message says', (keyPattern, expected) => {
  const error = new mongo.MongoServerError({ message: 'E11000: index: of_ab', code: 11000, keyPattern });
  expect(isDuplicateKey(error, { name: 'of_ab', key: { a: 1, b: -1 } })).toBe(expected);
});

test('the code alone makes a duplicate key', () => {
  expect(isDuplicateKey(serverError(121))).toBe(false);
  expect(isDuplicateKey(new Error('E11000'))).toBe(false);
  expect(isDuplicateKey(undefined)).toBe(false);
});
