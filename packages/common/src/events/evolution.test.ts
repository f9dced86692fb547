import { asyncApiDocument, type AsyncApiDocument } from './asyncapi';
import { breakingChanges } from './evolution';

const before = asyncApiDocument();

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test breaks it in every place
type Payload = Record<string, any>;

/** The document with the schema of one event changed. */
function changed(change: (payload: Payload) => void): AsyncApiDocument {
  const document = structuredClone(before);
  change(document.components.messages['ticket.updated']?.payload as Payload);
  return document;
}

test.each<[string, (payload: Payload) => void, string[]]>([
  ['nothing', () => {}, []],
  ['an optional field is added', (p) => (p['properties'].seat = { type: 'string' }), []],
  ['words for people', (p) => (p['properties'].orderId.description = 'other words'), []],
  ['a field is removed', (p) => delete p['properties'].orderId, ['ticket:updated.orderId: was removed']],
  [
    'its type',
    (p) => (p['properties'].title = { type: 'number' }),
    ['ticket:updated.title: was {"type":"string","minLength":1}, is {"type":"number"}'],
  ],
  [
    'optional made required',
    (p) => p['required'].push('orderId'),
    ['ticket:updated.orderId: was optional, is required'],
  ],
  ['required made optional', (p) => p['required'].shift(), ['ticket:updated.id: was required, is optional']],
  [
    'a new field that is required',
    (p) => {
      p['properties'].seat = { type: 'string' };
      p['required'].push('seat');
    },
    ['ticket:updated.seat: is new, and required'],
  ],
  [
    'a field within a field',
    (p) => delete p['properties'].meta.properties.snapshot,
    ['ticket:updated.meta.snapshot: was removed'],
  ],
])('%s', (_, change, expected) => {
  expect(breakingChanges(before, changed(change))).toEqual(expected);
});

test('an event may be added, and none removed', () => {
  const fewer = structuredClone(before) as { components: { messages: Record<string, unknown> } };
  delete fewer.components.messages['order.created'];
  expect(breakingChanges(before, fewer as unknown as AsyncApiDocument)).toEqual([
    'order:created: the event was removed',
  ]);
  expect(breakingChanges(fewer as unknown as AsyncApiDocument, before)).toEqual([]);
});
