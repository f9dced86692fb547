import { Types } from 'mongoose';
import { newId } from '@ticketing/testing';
import { OperatedSystem } from '../operated-system.test.helper';
import { runCommand } from '../run-command.test.helper';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

const parked = (...args: string[]) => runCommand(['parked', ...args], system.env);
const since = new Date(Date.now() - 60_000);
/** So that no sweep of the service touches it. */
const triedAgain = new Date(Date.now() + 3_600_000);

test('says what waits, since when, and for what', async () => {
  expect(await parked()).toMatchObject({ code: 0, stdout: 'Nothing is parked.\n' });
  const id = newId();
  const events = [2, 4, 5, 8].map((version) => {
    const from = { group: 'orders-service', channel: 'ticket:updated', sequence: 100 + version, storedAt: 1 };
    return { version, event: '{}', at: since, from, notBefore: triedAgain };
  });
  const document = { _id: new Types.ObjectId(id), version: 1, title: 'held up', price: 1, userId: 'alice' };
  await system.databases.orders.collection('tickets').insertOne({ ...document, parked: events });

  const { code, json } = await parked('--json');
  expect(code).toBe(1);
  const common = { aggregateId: id, subject: 'ticket:updated', since: since.toISOString() };
  const [next, gap, follows, gaps] = ['its turn', 'version 3', 'version 4, which is parked', 'versions 6 to 7'];
  expect(json()).toEqual(
    [next, gap, follows, gaps].map((waitsFor, place) => {
      const version = events[place]?.version ?? NaN;
      return { ...common, sequence: 100 + version, version, waitsFor, triedAgain: triedAgain.toISOString() };
    }),
  );
  expect((await parked()).stdout).toMatch(new RegExp(`${id}.*ticket:updated.*8.*versions 6 to 7`));
});
