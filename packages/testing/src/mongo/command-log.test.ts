import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mongo, type Connection } from 'mongoose';
import {
  type CommandLog,
  dropAndClose,
  type MongoCommand,
  shapeOf,
  startCommandLog,
  testConnection,
  testDatabaseUri,
  unservedQueries,
} from '../index';
import { wireCommands } from './wire-commands';

let log: CommandLog;
let connection: Connection;

beforeEach(async () => {
  log = await startCommandLog(testDatabaseUri());
  connection = await testConnection(log.url);
});
afterEach(async () => {
  await dropAndClose(connection);
  await log.close();
});

const told = () => log.commands().map(({ name, collection, operations }) => [name, collection, operations]);

test('says which commands were sent, to which collection, with how many operations', async () => {
  const things = connection.collection<{ _id: number; size: number }>('things');
  await connection.db?.command({ ping: 1 });
  await things.insertMany(Array.from({ length: 3 }, (_, n) => ({ _id: n, size: n })));
  await things.bulkWrite(
    [1, 2].map((n) => ({ updateOne: { filter: { _id: n }, update: { $set: { size: 9 } } } })),
    { ordered: false },
  );
  expect(
    await things
      .find({ size: { $gt: 1 } })
      .sort({ size: -1 })
      .toArray(),
  ).toHaveLength(2);
  await things.findOneAndUpdate({ _id: 1 }, { $inc: { size: 1 } });
  await things.deleteMany({ size: { $gt: 5 } });
  expect(told()).toEqual([
    ['insert', 'things', 3],
    ['update', 'things', 2],
    ['find', 'things', 1],
    ['findAndModify', 'things', 1],
    ['delete', 'things', 1],
  ]);
  const shapes = log.commands().map(({ queries }) => queries.map(({ filter, sort }) => [shapeOf(filter), sort]));
  expect(shapes).toEqual([
    [],
    [
      ['_id', {}],
      ['_id', {}],
    ],
    [['size $gt', { size: -1 }]],
    [['_id', {}]],
    [['size $gt', {}]],
  ]);
  log.clear();
  expect(told()).toEqual([]);
});

test('counts what another process asks', async () => {
  const program = `const { mongo } = require('mongoose');
    const client = new mongo.MongoClient(process.argv[1]);
    client.db('other').collection('things').findOne({ a: 1 }).then(() => client.close());`;
  const child = spawn(process.execPath, ['-e', program, log.url], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(told()).toEqual([['find', 'things', 1]]);
});

test('a message of 5 MB, which comes in many pieces, is one command with its size', async () => {
  await connection.collection('things').insertOne({ text: 'x'.repeat(5_000_000) });
  expect(told()).toEqual([['insert', 'things', 1]]);
  expect(log.commands()[0]?.bytes).toBeGreaterThan(5_000_000);
  expect(log.commands()[0]?.bytes).toBeLessThan(5_001_000);
});

test('two messages cut at every place are the same two commands', () => {
  const message = (name: string) => {
    const body = mongo.BSON.serialize({ [name]: 'things', $db: 'any' });
    const head = Buffer.alloc(21);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(2013, 12);
    return Buffer.concat([head, body]);
  };
  const both = Buffer.concat([message('find'), message('count')]);
  for (let cut = 1; cut < both.length; cut += 1) {
    const found: MongoCommand[] = [];
    const read = wireCommands((command) => found.push(command));
    read(both.subarray(0, cut));
    read(both.subarray(cut));
    expect(found.map(({ name }) => name)).toEqual(['find', 'count']);
  }
});

test('names the queries that no index serves, by the indexes that are there', async () => {
  const things = connection.collection('things');
  await things.createIndex({ state: 1, _id: -1 });
  log.clear();
  await things.find({ state: 'a' }).sort({ _id: -1 }).toArray();
  await things.find({ state: 'a', size: { $gt: 1 } }).toArray();
  await things.updateOne({ _id: new mongo.ObjectId(), state: 'b' }, { $set: { state: 'c' } });
  await things.find({}).sort({ size: 1 }).toArray();
  expect(await unservedQueries(connection, log.commands())).toEqual([
    'find things: ; sort size 1',
    'find things: state, size $gt',
  ]);
});
