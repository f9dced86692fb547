import { EventOrder } from './event-order';

let printed: string[];
let order: EventOrder;
beforeEach(() => {
  jest.useFakeTimers();
  printed = [];
  order = new EventOrder();
});
afterEach(() => jest.useRealTimers());

function take(msg: string, eventId: string, channel = 'ticket:created', aggregateId = 't1'): void {
  const facts = msg === 'published' ? { subject: channel } : { channel };
  const line = JSON.stringify({ level: 20, ...facts, aggregateId, eventId, msg });
  order.take(line, () => printed.push(`${msg.split(' ')[0]} ${eventId}`));
}

test('an event that is handled before its owner knows that it is published is told after that', () => {
  take('handled an event', 'e1');
  expect(printed).toEqual([]);
  take('published', 'e1');
  take('handled an event', 'e1');
  expect(printed).toEqual(['published e1', 'handled e1', 'handled e1']);
});

test('what is told of one aggregate keeps its order, and other aggregates do not wait', () => {
  take('published', 'e2');
  take('handled an event', 'e1');
  take('handled an event', 'e2');
  take('published', 'other', 'ticket:created', 't2');
  take('handled an event', 'other', 'ticket:created', 't2');
  expect(printed).toEqual(['published e2', 'published other', 'handled other']);
  take('published', 'e1');
  expect(printed.slice(3)).toEqual(['published e1', 'handled e1', 'handled e2']);
});

test('an event that was published before this start is told after half a second', () => {
  take('handled an event', 'e1');
  jest.advanceTimersByTime(499);
  expect(printed).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(printed).toEqual(['handled e1']);
  expect(jest.getTimerCount()).toBe(0);
});

test('an event that no service here publishes, and every other line, is told at once', () => {
  take('handled an event', 'p1', 'payment:created');
  for (const line of ['plain text', '{"msg":"handled an event"}', '{"msg":"published" broken']) {
    order.take(line, () => printed.push(line));
  }
  expect(printed).toEqual(['handled p1', 'plain text', '{"msg":"handled an event"}', '{"msg":"published" broken']);
});
