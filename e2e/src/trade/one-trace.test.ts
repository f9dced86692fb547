import { randomBytes } from 'node:crypto';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver, testToken, waitFor } from '@ticketing/testing';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let receiver: OtlpReceiver;
let system: TestSystem;
let alice: Client;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [receiver, system] = await Promise.all([startOtlpReceiver(), TestSystem.open()]);
  env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  await Promise.all([system.start('tickets', env), system.start('orders', env)]);
  alice = new Client(system.url, 'alice');
});
afterAll(async () => {
  await system.close();
  await receiver.close();
});

/**
 * The different spans of the trace once it has `count` of them: service, name, and cause (by name, or by id from
 * outside). What is delivered again has the same span once more.
 */
function traceOf(isIt: (span: ReceivedSpan) => boolean, count: number): Promise<unknown[][]> {
  return waitFor(
    () => {
      const traceId = receiver.spans.find(isIt)?.traceId;
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name ?? id;
      const rows = spans.map(({ service, name, kind, parentSpanId }) => [service, kind, name, nameOf(parentSpanId)]);
      const distinct = new Map(rows.map((row) => [row.join(), row]));
      if (distinct.size < count) throw new Error(`there are ${[...distinct.keys()].join('; ')}`);
      return [...distinct.values()].sort();
    },
    { what: `a trace of ${count} spans` },
  );
}

const [INTERNAL, SERVER, PRODUCER, CONSUMER] = [1, 2, 4, 5];
const aggregateOf = (id: string, name: string) => (span: ReceivedSpan) =>
  span.name === name && span.attributes['ticketing.aggregate.id'] === id;

test("one trace from POST /api/orders to the ticket's update and orders' replica", async () => {
  const ticket = await alice.sold('traced');
  // Without a caller's trace the request begins one of its own.
  expect(await traceOf(aggregateOf(ticket.id, 'process ticket:created'), 3)).toEqual(
    [
      ['tickets', SERVER, 'POST /api/tickets', undefined],
      ['tickets', PRODUCER, 'publish ticket:created', 'POST /api/tickets'],
      ['orders', CONSUMER, 'process ticket:created', 'POST /api/tickets'],
    ].sort(),
  );

  const traceId = randomBytes(16).toString('hex');
  const callerSpan = randomBytes(8).toString('hex');
  const response = await fetch(`${system.url}/api/orders`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${testToken('bob')}`,
      traceparent: `00-${traceId}-${callerSpan}-01`,
    },
    body: JSON.stringify({ ticketId: ticket.id }),
  });
  expect(response.status).toBe(201);
  expect(await traceOf((span) => span.traceId === traceId, 5)).toEqual(
    [
      ['orders', SERVER, 'POST /api/orders', callerSpan],
      ['orders', PRODUCER, 'publish order:created', 'POST /api/orders'],
      ['tickets', CONSUMER, 'process order:created', 'POST /api/orders'],
      ['tickets', PRODUCER, 'publish ticket:updated', 'process order:created'],
      ['orders', CONSUMER, 'process ticket:updated', 'process order:created'],
    ].sort(),
  );
  const replica = await system.databases.orders.collection('tickets').findOne({ version: 1 });
  expect(String(replica?._id)).toBe(ticket.id);
  const last = receiver.spans.find((span) => span.traceId === traceId && span.name === 'process ticket:updated');
  expect(last?.attributes).toMatchObject({
    'ticketing.event.outcome': 'applied',
    'messaging.consumer.group.name': 'orders-service',
  });
});

test('work without a request is a trace as well: from the expiry of an order to the ticket in orders', async () => {
  const hasty = await system.start('orders', { ...env, ORDER_WINDOW_MS: '300' });
  const ticket = await alice.sold('expiring');
  const order = await new Client(hasty.url, 'bob').orderSoon(ticket.id);
  expect(await traceOf(aggregateOf(order.id, 'publish order:cancelled'), 5)).toEqual(
    [
      ['orders', INTERNAL, 'expire order', undefined],
      ['orders', PRODUCER, 'publish order:cancelled', 'expire order'],
      ['tickets', CONSUMER, 'process order:cancelled', 'expire order'],
      ['tickets', PRODUCER, 'publish ticket:updated', 'process order:cancelled'],
      ['orders', CONSUMER, 'process ticket:updated', 'process order:cancelled'],
    ].sort(),
  );
});
