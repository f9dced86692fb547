import type { Delivery } from '../story/history';
import { judge } from '../judge/judge';
import { handmadeResult } from '../run/lab.test.helper';
import type { Judged } from '../run/lab';
import { oneTicket } from '../run/run.test.helper';
import { findingsOf } from './findings';
import { timelineOf } from './timeline';

const { story, results } = handmadeResult();
const [{ id } = { id: '' }] = story.tickets;
const [naive, versioned] = results.map(({ disorder }) => disorder) as [Judged, Judged];

test('says how each event arrived, and what became of it', () => {
  const { marks, states, slots, right, ended } = timelineOf(story, naive, id);
  expect(marks.map(({ version, arrival }) => `${version} ${arrival}`)).toEqual([
    ...['0 in order', '2 early', '1 late', '1 again', '3 in order'],
  ]);
  expect(marks.map(({ written }) => written?.slot)).toEqual([0, 1, 2, 3, 4]);
  expect(marks.map(({ twice }) => twice)).toEqual([false, false, false, true, false]);
  expect(states.filter(({ back }) => back).map(({ version }) => version)).toEqual([1]);
  expect({ slots, right, version: ended.version }).toEqual({ slots: 5, right: false, version: 3 });
});

test('an early event that waited is written in a slot of its own, after the one it waited for', () => {
  const { marks, states, slots, right } = timelineOf(story, versioned, id);
  expect(slots).toBe(6);
  expect(marks.map(({ slot }) => slot)).toEqual([0, 1, 2, 4, 5]);
  expect(marks.map(({ written }) => written?.slot)).toEqual([0, 3, 2, undefined, 5]);
  expect(states).toEqual([0, 1, 2, 3].map((version, index) => ({ slot: [0, 2, 3, 5][index], version, back: false })));
  expect(right).toBe(true);
});

test('marks the crash before what happened after it', () => {
  expect(timelineOf(story, naive, id).crashes).toEqual([3]);
});

test('tells what went wrong in sentences, and what did not', () => {
  const wrong = findingsOf(story, naive, id, timelineOf(story, naive, id));
  expect(wrong).toContain('Version 1 was written over version 2.');
  expect(wrong).toContainEqual(expect.stringMatching(/^Version 1 was applied once more: its [+−]\d+ is in the price/));
  expect(wrong.at(-1)).toMatch(/Right is version 3/);
  expect(findingsOf(story, versioned, id, timelineOf(story, versioned, id))).toEqual([
    'Version 2 came early and waited: it was written 101 ms later.',
    'Version 1 came again, and changed nothing.',
    expect.stringMatching(/^It ended at version 3 .*: right\.$/),
  ]);
});

test('a write belongs to the delivery that was acked, not to one that was thrown back', () => {
  const { delivery, record, price, id: ticket, story: told } = oneTicket(2);
  const thrownBack = { ...delivery(1, { at: 10 }), ackedAt: undefined } as unknown as Delivery;
  const deliveries = [thrownBack, delivery(0, { at: 20 }), delivery(1, { at: 1_000, redelivered: true })];
  const ledger = [
    { version: 0, basedOn: 0, at: 21 },
    { version: 1, basedOn: 1, at: 1_001 },
  ];
  const run = record(ledger, deliveries, price(0, 1));
  const { marks, pauses } = timelineOf(told, { ...naive, record: run, judgement: judge(told, run) }, ticket);
  expect(marks.map(({ written }) => written?.slot)).toEqual([undefined, 1, 2]);
  expect(pauses).toEqual([{ slot: 2, ms: 980 }]);
});
