import type { Answered } from '../../system/mixed-load.helper';
import { checkAnswers } from './check-answers';
import { promiseOf } from '../promises';
import type { Fault, Happened } from '../schedule';

const ticket = { id: 't1', version: 0, title: 'concert', price: 20, userId: 'alice' };
const sold: Answered = { call: 'sell', user: 'alice', at: 1_000, ms: 10, status: 201, body: ticket };
const edited = (at: number, version: number): Answered => {
  return { call: 'edit', user: 'alice', at, ms: 10, id: 't1', status: 200, body: { ...ticket, version } };
};
const ordered = (status: number, at = 1_000): Answered => {
  return { call: 'order', user: 'bob', at, ms: 10, id: 't1', status, body: { errors: [] } };
};
const messages = (answers: readonly Answered[], ...happened: Happened[]) =>
  checkAnswers(answers, happened).map(({ message }) => message);
const from1To2 = (fault: object): Happened => ({
  fault: { at: 0, forMs: 1_000, ...fault } as Fault,
  from: 1_000_000,
  to: 1_001_000,
  note: '',
});
const killed = from1To2({ kind: 'service-killed', slot: 'orders-1' });
const mongo = from1To2({ kind: 'mongo-killed' });

test('the allowed answers of each call are no problem', () => {
  expect(messages([sold, edited(2_000, 1), ordered(404), ordered(409), { ...edited(3_000, 1), status: 412 }])).toEqual(
    [],
  );
});

test.each([
  ['a server error', { ...sold, status: 500 }],
  ['a sold ticket that is not found', { ...edited(2_000, 1), status: 404 }],
  ['a cancel that conflicts', { ...ordered(409), call: 'cancel' as const }],
  ['no answer at all', ordered(0)],
  ['502 although nobody was killed', ordered(502)],
])('%s is a problem', (_, answer) => {
  expect(messages([answer])).toEqual([expect.stringContaining(`was answered ${answer.status}`)]);
});

test('a cancel conflicts with a payment of that order that was told before the answer, and with nothing else', () => {
  const refused: Answered = { ...ordered(409), call: 'cancel', id: 'o1' }; // answered at 1,010
  const told = (order: string, at: number) => checkAnswers([refused], [], new Map([[order, at]]));
  expect(told('o1', 1_009)).toEqual([]);
  expect(told('o1', 1_011)).toHaveLength(1);
  expect(told('o2', 1_000)).toHaveLength(1);
});

test('502 and no answer are excused by the kill of a process of that service, at that moment', () => {
  for (const status of [502, 0]) {
    expect(messages([ordered(status, 999_995), ordered(status, 1_000_150)], killed)).toEqual([]);
    expect(messages([ordered(status, 1_000_300)], killed)).toHaveLength(1);
    expect(messages([ordered(status, 999_900)], killed)).toHaveLength(1);
    expect(messages([{ ...sold, at: 1_000_000, status }], killed)).toHaveLength(1);
  }
});

test('what a late kill excuses depends on when the process was gone, and on how long MongoDB hung', () => {
  const late = { ...from1To2({ kind: 'service-killed', slot: 'orders-1', handsFull: true }), goneAt: 1_000_900 };
  expect(messages([ordered(502, 1_001_050), ordered(0, 1_000_500)], late)).toEqual([]);
  expect(messages([ordered(502, 1_001_150), ordered(503, 1_000_500)], late)).toHaveLength(2);
  const hung = { ...late, goneAt: 1_002_000 };
  expect(messages([ordered(503, 1_000_500), ordered(503, 1_003_900)], hung)).toEqual([]);
  expect(messages([ordered(503, 1_004_100)], hung)).toHaveLength(1);
});

test('a process that was paused when MongoDB came back looks for it when it goes on', () => {
  const pause = (slot: string, to: number): Happened => ({ ...from1To2({ kind: 'process-paused', slot }), to });
  const answers = [ordered(503, 1_004_500), ordered(503, 1_009_000)]; // the second one is later than that
  expect(messages(answers, mongo, pause('orders-1', 1_004_000))).toHaveLength(1);
  expect(messages(answers, mongo, pause('tickets-1', 1_004_000))).toHaveLength(2);
  expect(messages(answers, { ...mongo, from: 995_000, to: 999_000 }, pause('orders-1', 1_004_000))).toHaveLength(2);
});

test('503 is excused while MongoDB is away, and by nothing else', () => {
  expect(messages([ordered(503, 1_000_500), ordered(503, 1_002_500)], mongo)).toEqual([]);
  expect(messages([ordered(503, 1_004_001), ordered(503, 999_000)], mongo)).toHaveLength(2);
  expect(messages([ordered(502, 1_000_500), ordered(500, 1_000_500)], mongo)).toHaveLength(2);
  for (const kind of ['nats-away', 'nats-killed', 'store-lost', 'process-paused', 'connections-cut']) {
    expect(messages([ordered(503, 1_000_500)], from1To2({ kind, slot: 'orders-1' }))).toHaveLength(1);
  }
});

test('503 is excused when a process of that service was paused during the request, for longer than it waits for MongoDB', () => {
  const through: Answered = { ...ordered(503, 999_995), ms: 4_100 };
  const paused = { ...from1To2({ kind: 'process-paused', slot: 'orders-1' }), to: 1_004_000 };
  expect(messages([through], paused)).toEqual([]);
  expect(messages([{ ...through, status: 502 }], paused)).toHaveLength(1);
  expect(messages([{ ...through, ms: 2_000 }, ordered(503, 1_001_000)], paused)).toHaveLength(2);
  expect(messages([through], { ...paused, to: 1_001_000 })).toHaveLength(1);
  expect(messages([through], { ...paused, fault: { ...paused.fault, slot: 'tickets-1' } as Fault })).toHaveLength(1);
});

test('a version that is shown after a later one was shown is a problem; requests that overlap are not', () => {
  expect(messages([edited(2_000, 2), { ...edited(2_005, 1), call: 'show-ticket' }])).toEqual([]);
  expect(messages([edited(2_000, 2), { ...edited(2_011, 1), call: 'show-ticket' }])).toEqual([
    'show-ticket shows t1 at version 1, after 2 was shown',
  ]);
});

test('two changes that were both told to be the same version are a problem', () => {
  expect(messages([edited(2_000, 1), edited(2_005, 1)])).toEqual(['two changes were answered by version 1 of t1']);
});

test('only an answer of success promises anything, and as it was answered', () => {
  expect(promiseOf(sold)).toEqual({ what: 'ticket', ...ticket });
  expect(promiseOf(edited(2_000, 3))).toMatchObject({ what: 'ticket', version: 3 });
  const order = {
    id: 'o1',
    version: 0,
    status: 'created',
    userId: 'bob',
    reservation: 2,
    ticket: { id: 't1', price: 20 },
  };
  expect(promiseOf({ ...ordered(201), body: order })).toEqual({
    ...{ what: 'order', id: 'o1', version: 0, ticketId: 't1', userId: 'bob', reservation: 2, price: 20 },
  });
  const cancelled: Answered = { call: 'cancel', user: 'bob', at: 0, ms: 1, id: 'o1', status: 204, body: undefined };
  expect(promiseOf(cancelled)).toEqual({ what: 'cancelled', id: 'o1' });
  for (const status of [0, 502, 503, 409]) {
    for (const answer of [sold, edited(2_000, 1), ordered(201), cancelled]) {
      expect(promiseOf({ ...answer, status })).toBeUndefined();
    }
  }
});
