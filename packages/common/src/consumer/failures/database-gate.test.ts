import type { Connection } from 'mongoose';
import { createLogger } from '../../runtime/logger';
import { sleep } from '../../runtime/retry';
import { dropAndClose, testConnection, waitFor } from '@ticketing/testing';
import { DatabaseGate } from './database-gate';

let connection: Connection;
let stopping: AbortController;
let lines: Record<string, unknown>[];
let gate: DatabaseGate;
beforeAll(async () => {
  connection = await testConnection();
});
beforeEach(() => {
  stopping = new AbortController();
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  gate = new DatabaseGate(connection, createLogger({ name: 'test', level: 'info', destination }), stopping.signal);
});
afterEach(() => stopping.abort());
afterAll(() => dropAndClose(connection));

const nothing = () => undefined;

test('one that closes again as soon as it opened stays closed longer and longer, also while MongoDB answers', async () => {
  let opened = 0;
  const again = (): void =>
    gate.close(
      nothing,
      () => Promise.resolve(),
      () => {
        opened += 1;
        again();
      },
    );
  again();
  await waitFor(() => opened > 0);
  await sleep(3_000);
  expect(opened).toBeLessThanOrEqual(5);
});

test('the work before it opens is tried again, and logged, until it succeeds', async () => {
  let [tried, opened] = [0, 0];
  const beforeOpen = () => {
    tried += 1;
    return tried > 2 ? Promise.resolve() : Promise.reject(new Error(`not yet, ${tried}`));
  };
  gate.close(nothing, beforeOpen, () => void (opened += 1));
  await waitFor(() => opened === 1);
  expect([tried, gate.isClosed]).toEqual([3, false]);
  const warnings = lines.filter(
    ({ msg }) => msg === 'MongoDB answers, but the listeners cannot go on yet: trying again',
  );
  expect(warnings.map(({ reason }) => reason)).toEqual(['Error: not yet, 1', 'Error: not yet, 2']);
});

test('a consumer that drains gives it up', async () => {
  let opened = 0;
  gate.close(
    nothing,
    () => Promise.reject(new Error('never')),
    () => void (opened += 1),
  );
  stopping.abort();
  await sleep(500);
  expect([opened, gate.isClosed]).toEqual([0, true]);
});
