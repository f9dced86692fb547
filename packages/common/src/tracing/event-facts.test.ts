import { eventFacts, messageFacts } from './event-facts';

const place = { channel: 'ticket:updated', sequence: 7, storedAt: 1 };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const event = {
  ...{ id: 'a1', version: 3, title: 'Concert' },
  meta: { id: 'e1', occurredAt: 'now', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
};

test('a line about an event names event, aggregate, version and trace', () => {
  const facts = { eventId: 'e1', aggregateId: 'a1', version: 3, traceId };
  expect(eventFacts(event)).toEqual(facts);
  expect(messageFacts({ ...place, payload: JSON.stringify(event) })).toEqual(facts);
});

test.each([
  ['not JSON', '{"id":'],
  ['null', 'null'],
  ['a number', '7'],
  ['other types', '{"id":1,"version":"x","meta":{"id":{},"traceparent":[]}}'],
  ['a meta that is a text', '{"meta":"x"}'],
])('of %s there are none', (_, payload) => {
  expect(messageFacts({ ...place, payload })).toEqual({});
});

test('an event without meta is named by the id that its consumers make for it', () => {
  const payload = JSON.stringify({ ...event, meta: undefined });
  const { eventId, ...rest } = messageFacts({ ...place, payload });
  expect(eventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(rest).toEqual({ aggregateId: 'a1', version: 3 });
});

test('what is missing or malformed is left out', () => {
  expect(eventFacts({ ...event, meta: { id: 'e1', traceparent: 'nonsense' } })).toEqual({
    ...{ eventId: 'e1', aggregateId: 'a1', version: 3 },
  });
});
