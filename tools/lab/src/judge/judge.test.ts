import { judge } from './judge';
import { oneTicket } from '../run/run.test.helper';

const { id, story, delivery, record, price } = oneTicket(3);
const nothing = { lostUpdates: [], doubleApplies: [], regressions: [], stuckAggregates: [], skipped: [] };
const all = () => [delivery(0), delivery(1), delivery(2)];

test('each event once and in order: nothing is wrong', () => {
  const ledger = [0, 1, 2].map((version) => ({ version, basedOn: version }));
  const judged = judge(story, record(ledger, all(), price(0, 1, 2)));
  expect(judged).toEqual({ ...nothing, total: 0, endedRight: 1 });
});

test('a write that is based on what was there before another write loses the other', () => {
  const ledger = [
    { version: 0, basedOn: 0 },
    { version: 1, basedOn: 1 },
    { version: 2, basedOn: 1 },
  ];
  const judged = judge(story, record(ledger, all(), price(0, 2)));
  expect(judged).toEqual({ ...nothing, lostUpdates: [{ id, version: 1 }], total: 1, endedRight: 0 });
});

test('an event that is added twice is a double apply, and not when the first one was overwritten', () => {
  const deliveries = [...all(), delivery(1, { redelivered: true })];
  const twice = [0, 1, 2, 1].map((version, basedOn) => ({ version, basedOn }));
  const judged = judge(story, record(twice, deliveries, price(0, 1, 2, 1)));
  expect(judged).toMatchObject({ doubleApplies: [{ id, version: 1 }], regressions: [{ id, version: 1 }], total: 2 });

  const overwritten = [
    { version: 0, basedOn: 0 },
    { version: 1, basedOn: 1 },
    { version: 1, basedOn: 1 },
  ];
  const again = judge(story, record([...overwritten, { version: 2, basedOn: 3 }], deliveries, price(0, 1, 2)));
  expect(again).toEqual({ ...nothing, total: 0, endedRight: 1 });
});

test('a write of an older version over a newer one is a regression', () => {
  const ledger = [0, 2, 1].map((version, basedOn) => ({ version, basedOn }));
  const judged = judge(story, record(ledger, [delivery(0), delivery(2), delivery(1)], price(0, 1, 2)));
  expect(judged).toEqual({ ...nothing, regressions: [{ id, version: 1 }], total: 1, endedRight: 0 });
});

test('a whole state has all older versions in it: what never was a state is skipped, and no anomaly', () => {
  const judged = judge(story, record([{ version: 0 }, { version: 2 }], all(), price(0, 1, 2)));
  expect(judged).toEqual({ ...nothing, skipped: [{ id, version: 1 }], total: 0, endedRight: 1 });
});

test('a newest state that was acked and not taken is a lost update', () => {
  const judged = judge(story, record([{ version: 0 }, { version: 1 }], all(), price(0, 1)));
  expect(judged).toMatchObject({ lostUpdates: [{ id, version: 2 }], stuckAggregates: [], total: 1 });
});

test('an event that was never acked, never delivered, or is kept aside makes its ticket stuck', () => {
  const ledger = [{ version: 0, basedOn: 0 }];
  const unacked = [delivery(0), { ...delivery(1), ackedAt: undefined }] as ReturnType<typeof all>;
  const stuck = { stuckAggregates: [{ id, version: 1 }], lostUpdates: [], total: 1 };
  expect(judge(story, record(ledger, unacked, price(0)))).toMatchObject(stuck);
  const parked = { ...record(ledger, all(), price(0)), held: [1, 2].map((version) => ({ id, version })) };
  expect(judge(story, parked)).toMatchObject(stuck);
});

test('a price that the ledger does not explain is an error, not a finding', () => {
  const ledger = [0, 1, 2].map((version) => ({ version, basedOn: version }));
  expect(() => judge(story, record(ledger, all(), price(0, 1)))).toThrow('explains a price');
});
