import type { Connection } from 'mongoose';
import { failureStore } from '../consumer/failures/failure-store';
import { deadLetterStore } from '../consumer/failures/dead-letters';
import { inboxOn, inOrder, newId } from '../consumer/consumer.test.helper';
import { claimStore } from '../idempotency/claims';
import { connectDatabase } from './database';
import { insertAggregate } from '../outbox/insert-aggregate';
import { newThing, thingModel } from '../outbox/owner.test.helper';
import { PublishedRemoval } from '../outbox/published-removal';
import { type CommandLog, silentLogger, startCommandLog, testServers, uniqueName } from '@ticketing/testing';

let log: CommandLog;
let connection: Connection;
beforeAll(async () => {
  log = await startCommandLog(testServers().mongoUrl);
  const uri = `${log.url}&w=1&journal=false`;
  connection = await connectDatabase({ uri, defaultDbName: uniqueName('test_'), logger: silentLogger() });
});
beforeEach(() => log.clear());
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await log.close();
});

const origin = { group: 'group', channel: 'channel', sequence: 1, storedAt: 1 };

test.each<[string, () => Promise<unknown>]>([
  [
    'a replica, and what is parked in it',
    async () => {
      const [take, id] = [inboxOn(connection), newId()];
      for (const version of [0, 1, 4, 3, 2]) await take(id, version);
    },
  ],
  [
    'what is parked and fails',
    async () => {
      const replica = inOrder('ticket:updated', ({ version }) => {
        if (version === 1 && broken) throw new Error('not this one');
      });
      let broken = false;
      const outcomes = ['failed', 'dead-lettered'] as const;
      for (const outcome of outcomes) {
        const [take, id] = [
          inboxOn(connection, { replica, failureHandler: { handle: () => Promise.resolve(outcome) } }),
          newId(),
        ];
        broken = false;
        await take(id, 1);
        broken = true;
        await take(id, 0);
      }
    },
  ],
  ['a failure', () => failureStore(connection).add(origin)],
  [
    'a dead letter',
    async () => {
      const letters = deadLetterStore(connection);
      await letters.put(origin, 'failed', 'no', 1, '{}');
      const [{ _id } = { _id: '' }] = await letters.list();
      await letters.redrive(_id);
      await letters.postpone(_id, 1);
      await letters.drop(_id);
    },
  ],
  ['a claim', () => claimStore(connection).take('key', 'body', new Date())],
  ['an insert', () => insertAggregate(thingModel(connection), { title: 'title', price: 10 }, 'ticket:created')],
  [
    'a save, and the removal of what was published',
    async () => {
      const model = thingModel(connection);
      const thing = newThing(model);
      await thing.save();
      const removal = new PublishedRemoval(model, silentLogger());
      removal.add(
        thing._id,
        thing.outbox.map(({ id }) => id),
        () => undefined,
      );
      await removal.flush();
    },
  ],
])('%s is written with majority and journal, whatever the address says', async (_name, write) => {
  await write();
  const writes = new Set(['insert', 'update', 'delete', 'findAndModify', 'renameCollection']);
  const sent = log.commands().filter(({ name }) => writes.has(name));
  expect(sent).not.toEqual([]);
  for (const { name, body } of sent) {
    expect([name, body['writeConcern']]).toEqual([name, expect.objectContaining({ w: 'majority', j: true })]);
  }
});
