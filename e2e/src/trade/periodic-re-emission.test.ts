import { waitFor } from '@ticketing/testing';
import { untilAgreed } from '../system/agreement.helper';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.open();
});
afterAll(() => system.close());

test('a replica that missed events is right after a period, without an operator, and one of two processes does it', async () => {
  const EVERY_MS = 1_000;
  const runs: string[] = [];
  const log = (line: string) => {
    if (line.includes('re-emitted what changed')) runs.push(line);
  };
  const began = Date.now();
  const periodic = { RE_EMIT_EVERY_MS: String(EVERY_MS), LOG_LEVEL: 'info' };
  await Promise.all([
    system.start('tickets', periodic, log),
    system.start('tickets', periodic, log),
    system.start('orders'),
  ]);
  const alice = new Client(system.url, 'alice');
  const { id } = await alice.sold('first');
  await alice.sold('second');
  await alice.edit(id, 'first, edited', 30);
  await untilAgreed(system);

  // As if the broker had not delivered an edit of the one, and nothing of the other.
  const replicas = system.databases.orders.collection('tickets');
  const behind = { $set: { version: 0, title: 'first', price: 20 } };
  expect((await replicas.updateOne({ title: 'first, edited' }, behind)).modifiedCount).toBe(1);
  expect((await replicas.deleteOne({ title: 'second' })).deletedCount).toBe(1);
  await untilAgreed(system);

  await waitFor(() => runs.length >= 5, { timeoutMs: 30_000 });
  expect(runs.length).toBeLessThanOrEqual((Date.now() - began) / EVERY_MS + 1);
});
