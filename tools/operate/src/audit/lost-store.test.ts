import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor, TEST_JWT_KEY } from '@ticketing/testing';
import { OperatedSystem } from '../operated-system.test.helper';
import { audit } from './audit';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

const SERVICES = join(__dirname, '..', '..', '..', '..', 'services');

async function reEmit(service: 'tickets' | 'orders'): Promise<string> {
  const { TICKETS_MONGO_URI, ORDERS_MONGO_URI, ...nats } = system.env;
  const MONGO_URI = service === 'tickets' ? TICKETS_MONGO_URI : ORDERS_MONGO_URI;
  const env = { PATH: process.env['PATH'], ...nats, MONGO_URI, JWT_KEY: TEST_JWT_KEY };
  return (await promisify(execFile)(process.execPath, [join(SERVICES, service, 'dist', 're-emit.js')], { env })).stdout;
}

const messages = async () => (await audit(system.auditOptions)).disagreements.map(({ message }) => message);

test('a store that is lost is said; after a re-emission, and while life goes on, all agrees', async () => {
  const { ticket, active } = await system.traffic('before the loss');
  await system.quiet();
  await system.restartNats();
  await waitFor(() => system.broker.isConnected(), { timeoutMs: 30_000 });
  await waitFor(async () => (await messages()).length > 0, { timeoutMs: 30_000 });
  expect((await messages()).every((message) => /the stream has no event of it.*re-emit/.test(message))).toBe(true);

  expect([await reEmit('tickets'), await reEmit('orders')]).toEqual([
    'published 1 snapshots\n',
    'published 2 snapshots\n',
  ]);
  await system.quiet();
  await system.cancel(active);
  await system.order(ticket);
  await system.traffic('after the loss');
  await system.quiet();
  const report = await audit({ ...system.auditOptions, promises: system.promises });
  expect(report.disagreements).toEqual([]);
  expect(report.compared).toEqual({ tickets: 2, orders: 5, events: 3 + 2 + 2 + 8, payments: 0, promises: 12 });
  expect(report.historyOf(ticket).map(({ version, snapshot }) => [version, snapshot])).toEqual([
    [4, true],
    [5, false],
    [6, false],
  ]);
});
