import mongoose, { mongo } from 'mongoose';
import { isDatabaseUnavailable, isDuplicateKey } from './database-errors';

const serverError = (code: number) => new mongo.MongoServerError({ message: 'the server says no', code });

test.each([91, 175, 189, 10107, 11600, 11602, 13435, 13436])('the server code %i means unavailable', (code) => {
  expect(isDatabaseUnavailable(serverError(code))).toBe(true);
});

test.each([
  ['a network timeout', new mongo.MongoNetworkTimeoutError('connection timed out')],
  ['a closed topology', new mongo.MongoTopologyClosedError('Topology is closed')],
  ['no connection', new mongo.MongoNotConnectedError('Client must be connected')],
  ['a socket that broke while it was written to', Object.assign(new Error('ended'), { code: 'EPIPE' })],
  ['no server', new mongoose.Error.MongooseServerSelectionError('connect ECONNREFUSED')],
])('%s means unavailable', (_name, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

test.each([
  ['a duplicate key', serverError(11000)],
  ['a failed validation by the server', serverError(121)],
  ['a failed login', serverError(18)],
  ['a code of another system', Object.assign(new Error('91'), { code: 91 })],
  ['a system error that is not of a socket', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
  ['an ordinary error', new Error('before initial connection')],
  ['a text', 'MongoNetworkError'],
  ['nothing', undefined],
])('%s does not mean unavailable', (_name, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
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
])('the index in the message %j is %s: %s', (message, index, expected) => {
  const error = new mongo.MongoServerError({ message, code: 11000 });
  expect(isDuplicateKey(error)).toBe(true);
  expect(isDuplicateKey(error, index)).toBe(expected);
});

test('the code alone makes a duplicate key', () => {
  expect(isDuplicateKey(serverError(121))).toBe(false);
  expect(isDuplicateKey(new Error('E11000'))).toBe(false);
  expect(isDuplicateKey(undefined)).toBe(false);
});
