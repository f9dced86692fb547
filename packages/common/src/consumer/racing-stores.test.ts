import type { Connection } from 'mongoose';
import { type RacingUpserts, racingConnection } from '@ticketing/testing';
import { GroupPosition } from './group-position';
import { deadLetterStore } from './failures/dead-letters';
import { failureStore } from './failures/failure-store';

let connection: Connection;
let mongo: RacingUpserts;
let lostBefore: number;
beforeAll(async () => {
  [connection, mongo] = await racingConnection();
});
beforeEach(() => {
  lostBefore = mongo.lost();
  mongo.nextOf(2);
});
afterEach(() => expect(mongo.lost()).toBeGreaterThan(lostBefore));
afterAll(() => mongo.close());

const place = (sequence: number) => ({ sequence, storedAt: 1_000 + sequence });
const origin = (sequence: number) => ({ group: 'group', channel: 'channel', ...place(sequence) });
const times = <T>(count: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)));

test('each failure of one message is counted', async () => {
  const failures = failureStore(connection);
  await times(5, () => failures.add(origin(1)));
  expect(await failures.add(origin(1))).toBe(6);
});

test('a message has one dead letter, whichever member stores it', async () => {
  const letters = deadLetterStore(connection);
  await times(3, () => letters.put(origin(2), 'failed', 'no', 3, '{}'));
  expect(await letters.list()).toMatchObject([{ sequence: 2, attempts: 3 }]);
});

test('of the positions that members write at once the furthest stays', async () => {
  const reached = [3, 9, 5].map((sequence) => {
    const member = new GroupPosition(connection, 'group', 'channel', 'streaming');
    member.passed(place(sequence));
    return member;
  });
  await Promise.all(reached.map((member) => member.flush()));
  expect(await new GroupPosition(connection, 'group', 'channel', 'streaming').learn()).toEqual(place(9));
});
