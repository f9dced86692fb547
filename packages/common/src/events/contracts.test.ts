import { newId, ticketEvent } from '../consumer/consumer.test.helper';
import { ContractError, decodeEvent, encodeEvent, type EventOf } from './contracts';
import { payloadOf } from './stored-message';

const event = ticketEvent(newId(), 3);

/** A message with this text. */
const stored = (payload: string) => ({ channel: 'ticket:updated', sequence: 7, storedAt: 1_769_860_800_123, payload });

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
  expect(() => encodeEvent('order:completed', orderEvent('cancelled') as never)).toThrow('status');
  expect(() => encodeEvent('ticket:created', { ...event, orderId: newId() } as never)).toThrow('orderId');
});

test('a consumer of refusals takes a reason that it does not know: it pays back whatever the reason is', () => {
  const [id, orderId] = [newId(), newId()];
  const refusal = {
    id,
    version: 0,
    orderId,
    paymentId: id,
    amount: 20,
    reason: 'a reason of tomorrow',
    meta: event.meta,
  };
  const decoded = decodeEvent('order:payment-refused', stored(encodeEvent('order:payment-refused', refusal)));
  expect(decoded).toEqual({ ok: true, event: refusal });
});

test('a consumer drops fields that it does not know, also inside meta and ticket', () => {
  const order = orderEvent('created');
  const newer = { ...order, seat: 7, ticket: { ...order.ticket, row: 2 }, meta: { ...order.meta, by: 'me' } };
  expect(decodeEvent('order:created', stored(JSON.stringify(newer)))).toEqual({ ok: true, event: order });
});

test('a consumer distinguishes text that is not JSON from a broken schema, and does not throw', () => {
  expect(decodeEvent('ticket:updated', stored('{"id":'))).toMatchObject({ ok: false, reason: 'not-json' });
  expect(decodeEvent('ticket:updated', stored(''))).toMatchObject({ ok: false, reason: 'not-json' });
  for (const text of ['null', '[]', '1', '"text"', '{}', JSON.stringify({ ...event, version: 'one' })]) {
    expect(decodeEvent('ticket:updated', stored(text))).toMatchObject({ ok: false, reason: 'schema' });
  }
  const broken = decodeEvent('ticket:updated', stored(JSON.stringify({ ...event, version: 'one', title: '' })));
  expect(broken).toMatchObject({ message: expect.stringMatching(/version.*title|title.*version/) });
});

test('a consumer makes the meta that an event lacks of where and when its message was stored', () => {
  const plain: Partial<typeof event> = { ...event };
  delete plain.meta;
  const message = stored(JSON.stringify(plain));
  const decoded = decodeEvent('ticket:updated', message);
  // The id is what SHA-256 of "ticket:updated|7|1769860800123" makes as a UUID of version 8.
  const meta = { id: 'eb0df7c0-b2d6-885e-8aca-ea5cde7be769', occurredAt: '2026-01-31T12:00:00.123Z' };
  expect(decoded).toEqual({ ok: true, event: { ...plain, meta } });
  expect(decodeEvent('ticket:updated', message)).toEqual(decoded);

  const others = [{ sequence: 8 }, { storedAt: message.storedAt + 1 }, { channel: 'ticket:created' }];
  const ids = others.map((other) => {
    const different = decodeEvent('ticket:updated', { ...message, ...other });
    return different.ok && different.event.meta.id;
  });
  expect(new Set([...ids, meta.id]).size).toBe(4);
});

test.each([null, {}, 'none', [], { ...event.meta, id: 'x' }, { id: event.meta.id }])(
  'a meta that is there, but broken, breaks the contract: %j',
  (meta) => {
    const decoded = decodeEvent('ticket:updated', stored(JSON.stringify({ ...event, meta })));
    expect(decoded).toMatchObject({ ok: false, reason: 'schema', message: expect.stringContaining('meta') });
  },
);

test.each(['\ud83c', 'a\udfab', '\udfab\ud83c'])('a publisher refuses half a character in a text: %j', (title) => {
  expect(() => encodeEvent('ticket:updated', { ...event, title })).toThrow(ContractError);
  expect(() => encodeEvent('ticket:updated', { ...event, userId: title })).toThrow('half a character');
});

test('half a character in a text, or in a name, breaks the contract of a consumer', () => {
  const whole = JSON.stringify({ ...event, title: 'HERE' });
  for (const half of ['\\ud83c', '\\uDFAB', '\\udfab\\ud83c']) {
    const decoded = decodeEvent('ticket:updated', stored(whole.replace('HERE', half)));
    expect(decoded).toMatchObject({
      ok: false,
      reason: 'schema',
      message: expect.stringContaining('half a character'),
    });
  }
  expect(decodeEvent('ticket:updated', stored(whole.replace('{', '{"\\ud83c":1,')))).toMatchObject({ ok: false });
  const { title } = { ...event, title: 'a 🎫, \\ud83c spelled' };
  expect(decodeEvent('ticket:updated', stored(encodeEvent('ticket:updated', { ...event, title })))).toMatchObject({
    event: { title },
  });
});

test('a message that is not UTF-8 is kept byte for byte, and is no event, however often it is read', () => {
  const bytes = Buffer.from(JSON.stringify({ ...event, title: 'café' }), 'latin1');
  const payload = payloadOf(bytes);
  expect(payload).toBe(`base64:${bytes.toString('base64')}`);
  expect(decodeEvent('ticket:updated', stored(payload))).toEqual({
    ok: false,
    reason: 'not-json',
    message: 'it is not UTF-8: its bytes are kept in base64',
  });
  expect(payloadOf(Buffer.from('{"title":"café"}'))).toBe('{"title":"café"}');
});
