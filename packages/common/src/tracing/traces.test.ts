import { randomBytes } from 'node:crypto';
import { Batch } from '../mongo/batch';
import { Bench, inOrder, newId, ticketEvent } from '../consumer/consumer.test.helper';
import { newThing, startOwner, stored } from '../outbox/owner.test.helper';
import { dropAndClose, testBroker, testConnection, testDatabaseUri, uniqueName, waitFor } from '@ticketing/testing';
import { parseTraceparent } from './traceparent';
import { type EndedSpan, recordTraces } from './traces.test.helper';
import { currentTraceId, inSpan } from './tracing';

/** Ends tracing and gives all spans. */
let spans: () => Promise<readonly EndedSpan[]>;
beforeEach(() => {
  spans = recordTraces();
});
afterEach(() => spans());

const newTraceparent = () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
const cause = (name: string) => () => ({ name, kind: 'INTERNAL' as const });

test('what is saved in a span carries it, and is published in its trace, by another process too, and unchanged', async () => {
  const [databaseUri, channelPrefix] = [testDatabaseUri(), `${uniqueName()}.`];
  const connection = await testConnection(databaseUri);
  const first = await startOwner({
    ...{ databaseUri, channelPrefix },
    around: (publisher) => ({ ...publisher, forward: () => Promise.reject(new Error('it dies before')) }),
  });
  const thing = newThing(first.model);
  await inSpan(cause('the request'), () => thing.save());
  const [entry] = (await stored(first.model, thing._id)).outbox;
  await first.close();

  const payloads: string[] = [];
  const broker = await testBroker(channelPrefix);
  broker.consume('ticket:created', { group: uniqueName(), ackWaitMs: 30_000, maxInFlight: 10 }, ({ payload }) =>
    payloads.push(payload),
  );
  const second = await startOwner({ databaseUri, channelPrefix });
  await waitFor(() => payloads.length > 0, { what: 'the event from the sweep of the second process' });
  await second.close();
  await broker.close();
  await dropAndClose(connection);

  expect(payloads).toEqual([JSON.stringify(entry?.event)]);
  const all = await spans();
  const request = all.find(({ name }) => name === 'the request');
  const publishes = all.filter(({ name }) => name === 'publish ticket:created');
  const { traceId, spanId } = parseTraceparent(entry?.event.meta.traceparent) ?? {};
  expect(request).toMatchObject({ traceId, spanId });
  expect(publishes.map((span) => [span.traceId, span.parentSpanId, span.status.code])).toEqual(
    expect.arrayContaining([
      [traceId, spanId, 2], // the first process: it failed
      [traceId, spanId, 0],
    ]),
  );
});

test('a batch belongs to no span: items collected in a span are not handled in it', async () => {
  const handled: (string | undefined)[] = [];
  const batch = new Batch<string>((items) => {
    handled.push(...items.map(() => currentTraceId()));
    return Promise.resolve();
  });
  await inSpan(cause('a request'), () => Promise.resolve(batch.add('item')));
  await waitFor(() => handled.length > 0);
  expect(handled).toEqual([undefined]);
});

test('without a span an event is recorded without a trace', async () => {
  const databaseUri = testDatabaseUri();
  const owner = await startOwner({ databaseUri, channelPrefix: `${uniqueName()}.` });
  const thing = newThing(owner.model);
  await thing.save();
  expect(thing.outbox[0]?.event.meta).not.toHaveProperty('traceparent');
  await owner.close();
  await dropAndClose(await testConnection(databaseUri));
});

test('a parked event has its span in its own trace when it is applied; a malformed trace is ignored', async () => {
  const bench = await Bench.open();
  const id = newId();
  const traceparents = [newTraceparent(), newTraceparent(), 'nonsense'];
  const [v0, v1, v2] = traceparents.map((traceparent, version) => ticketEvent(id, version, { traceparent }));
  if (!v0 || !v1 || !v2) throw new Error('three events are needed');
  await bench.consumer([inOrder('ticket:updated')]);
  await bench.publish('ticket:updated', v1);
  await bench.parkedIs(1);
  await bench.publish('ticket:updated', v0);
  await bench.versionIs(id, 1);
  await bench.publish('ticket:updated', v2);
  await bench.versionIs(id, 2);
  await bench.outcomesAre({ parked: 1, applied: 3 });
  await bench.close();

  // Two looks at what is parked may meet: the second finds it applied.
  const settled = (await spans()).filter(({ attributes }) => attributes['ticketing.event.outcome'] !== 'seen');
  const processed = settled.map(({ name, traceId, parentSpanId, attributes }) => {
    const place = [traceId, parentSpanId];
    return [name, attributes['ticketing.aggregate.version'], attributes['ticketing.event.outcome'], place];
  });
  const placeOf = (traceparent: string | undefined) => {
    const { traceId, spanId } = parseTraceparent(traceparent) ?? {};
    return [traceId, spanId];
  };
  const name = 'process ticket:updated';
  expect(processed).toHaveLength(4);
  expect(processed).toEqual(
    expect.arrayContaining([
      [name, 1, 'parked', placeOf(traceparents[1])],
      [name, 0, 'applied', placeOf(traceparents[0])],
      [name, 1, 'applied', placeOf(traceparents[1])],
      [name, 2, 'applied', [expect.stringMatching(/^[0-9a-f]{32}$/), undefined]],
    ]),
  );
  const handled = bench.lines.filter(({ msg }) => msg === 'handled an event');
  expect(handled).toHaveLength(4);
  for (const outcome of ['parked', 'applied']) {
    const facts = { eventId: v1.meta.id, aggregateId: id, version: 1, outcome };
    const { traceId } = parseTraceparent(traceparents[1]) ?? {};
    expect(handled).toContainEqual(expect.objectContaining({ ...facts, traceId }));
  }
});

test('a failing handler marks its span, and the log line names event and trace', async () => {
  const bench = await Bench.open();
  const event = ticketEvent(newId(), 0); // recorded without a trace, so the span of its handling begins one
  const fail = () => Promise.reject(new Error('cannot reach mongodb://user:hunter2@db/x'));
  await bench.consumer([{ subject: 'ticket:updated', ordering: 'any-order', key: (known) => known.id, handle: fail }], {
    settings: { maxAttempts: 1 },
  });
  await bench.publish('ticket:updated', event);
  await bench.outcomesAre({ 'dead-lettered': 1 });
  await bench.close();

  const [span] = await spans();
  expect(span).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'Error' } });
  const line = bench.lines.find(({ msg }) => msg === 'a handler failed');
  expect(line).toMatchObject({ eventId: event.meta.id, aggregateId: event.id, version: 0, traceId: span?.traceId });
  expect(JSON.stringify([span, bench.lines])).not.toContain('hunter2');
});
