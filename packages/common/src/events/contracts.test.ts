import { newId, ticketEvent } from '../bus/consumer.test.helper';
import { ContractError, decodeEvent, encodeEvent, type EventOf } from './contracts';

const event = ticketEvent(newId(), 3);

function orderEvent(status: 'created' | 'cancelled'): EventOf<'order:created'> {
  const { id, meta } = ticketEvent(newId(), 0);
  const expiresAt = new Date().toISOString();
  const ticket = { id: newId(), price: 20 };
  return { id, version: 0, status: status as 'created', userId: 'u1', expiresAt, reservation: 1, ticket, meta };
}

test('a publisher writes exactly the fields of the contract and its meta', () => {
  expect(JSON.parse(encodeEvent('ticket:updated', event))).toEqual(event);
});

test.each([
  ['a missing field', { title: undefined }, 'title'],
  ['a field of a wrong type', { price: '20' }, 'price'],
  ['an unknown field', { colour: 'red' }, 'colour'],
  ['an unknown field in meta', { meta: { ...event.meta, by: 'me' } }, 'meta'],
  ['no meta', { meta: undefined }, 'meta'],
  ['a negative version', { version: -1 }, 'version'],
  ['a version that is not whole', { version: 1.5 }, 'version'],
  ['an id that is none', { id: 'x' }, 'id'],
  ['a price that JSON cannot carry', { price: Number.NaN }, 'price'],
])('a publisher refuses %s and names it', (_what, change, named) => {
  const wrong = { ...event, ...change } as EventOf<'ticket:updated'>;
  expect(() => encodeEvent('ticket:updated', wrong)).toThrow(ContractError);
  expect(() => encodeEvent('ticket:updated', wrong)).toThrow(named);
});

test('a publisher refuses an unknown field within a field', () => {
  const order = orderEvent('created');
  const wrong = { ...order, ticket: { ...order.ticket, secret: 1 } };
  expect(() => encodeEvent('order:created', wrong as never)).toThrow('secret');
});

test('a publisher refuses an event under another subject than its own', () => {
  expect(() => encodeEvent('order:cancelled', orderEvent('created') as never)).toThrow('status');
  expect(() => encodeEvent('ticket:created', { ...event, orderId: newId() } as never)).toThrow('orderId');
});

test('a consumer drops fields that it does not know, also inside meta and ticket', () => {
  const order = orderEvent('created');
  const newer = { ...order, seat: 7, ticket: { ...order.ticket, row: 2 }, meta: { ...order.meta, by: 'me' } };
  expect(decodeEvent('order:created', JSON.stringify(newer))).toEqual({ ok: true, event: order });
});

test('a consumer tells what is not JSON from what breaks its schema, and never throws', () => {
  expect(decodeEvent('ticket:updated', '{"id":')).toMatchObject({ ok: false, reason: 'not-json' });
  expect(decodeEvent('ticket:updated', '')).toMatchObject({ ok: false, reason: 'not-json' });
  for (const text of ['null', '[]', '1', '"text"', '{}', JSON.stringify({ ...event, version: 'one' })]) {
    expect(decodeEvent('ticket:updated', text)).toMatchObject({ ok: false, reason: 'schema' });
  }
  const broken = decodeEvent('ticket:updated', JSON.stringify({ ...event, version: 'one', title: '' }));
  expect(broken).toMatchObject({ message: expect.stringMatching(/version.*title|title.*version/) });
});
