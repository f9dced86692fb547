import type { Connection } from 'mongoose';
import { connectDatabase } from '../mongo/database';
import { createLogger } from '../runtime/logger';
import { type MongoBetween, startMongoBetween, testServers, uniqueName, waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';

const subject = 'ticket:updated';
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);
const FULL = { code: 14031, codeName: 'OutOfDiskSpace' };

let isFull: boolean;
let refused: number;
let lines: { level: number; msg: string }[];
let between: MongoBetween;
let connection: Connection;
let bench: Bench;

beforeEach(async () => {
  [isFull, refused, lines] = [false, 0, []];
  between = await startMongoBetween(testServers().mongoUrl, (command) => {
    if (!isFull || !WRITES.has(command.name)) return command.pass();
    refused += 1;
    // Both forms of a server's answer: for the command, and for a document.
    if (refused % 2 === 0) command.answer({ ok: 0, errmsg: 'the disk is full', ...FULL });
    else command.answer({ ok: 1, n: 0, writeErrors: [{ index: 0, errmsg: 'the disk is full', ...FULL }] });
  });
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const logger = createLogger({ name: 'test', level: 'info', destination });
  connection = await connectDatabase({ uri: between.url, defaultDbName: uniqueName('test_'), logger });
  bench = await Bench.open({ connection });
});
afterEach(async () => {
  isFull = false;
  await bench.close();
  await between.close();
});

test('a full disk of MongoDB is reported once, counts no failure, and waiting events are applied when it has space', async () => {
  await bench.consumer([inOrder(subject)], { settings: { maxAttempts: 1, sweepMs: 60_000 } });
  const ids = Array.from({ length: 20 }, newId);
  const publish = (version: number) => bench.publish(subject, ...ids.map((id) => ticketEvent(id, version)));
  await publish(0);
  await waitFor(async () => (await bench.count('applied')) === 20);
  isFull = true;
  await publish(1);
  await waitFor(() => refused > 25, { timeoutMs: 30_000 });
  isFull = false;
  await waitFor(async () => (await bench.count('applied')) === 40, { timeoutMs: 30_000 });

  const { failed = 0, 'dead-lettered': dead = 0 } = await bench.outcomes();
  const failures = await connection.collection('delivery_failures').countDocuments();
  const letters = await deadLetterStore(connection).list();
  expect({ failed, dead, failures, letters }).toEqual({ failed: 0, dead: 0, failures: 0, letters: [] });
  const said = lines.filter(({ msg }) => msg.includes('the disk of MongoDB'));
  expect(said).toMatchObject([
    { level: 50, msg: 'the disk of MongoDB is full: nothing can be saved until it has space again' },
    { level: 30, msg: 'the disk of MongoDB has space again' },
  ]);
}, 90_000);
