import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@ticketing/servers';
import { testBroker, waitFor } from '@ticketing/testing';
import type { Broker, Message } from '../broker/port';
import { Bench, newId, REDELIVERED_SOON, type TicketEvent, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Attempt, Listener } from './listener';

const subject = 'ticket:updated';
/** Longer than an answer takes; a server that does not answer is given up after it (ms). */
const ANSWERED_WITHIN_MS = 5_000;

let bench: Bench;
let provider: Server | undefined;
const pauses: number[] = [];
beforeEach(async () => {
  pauses.length = 0;
  bench = await Bench.open({ broker: async () => noting(await testBroker(), pauses) });
});
afterEach(async () => {
  provider?.closeAllConnections();
  provider?.close();
  await bench.close();
});

/** The same broker, which notes the pauses that the consumer asks for. */
function noting(broker: Broker, noted: number[]): Broker {
  const told = (message: Message) => {
    const retry = (afterMs: number) => {
      noted.push(afterMs);
      message.retry(afterMs);
    };
    return but(message, { retry });
  };
  const consume: Broker['consume'] = (channel, options, take) =>
    broker.consume(channel, options, (message) => take(told(message)));
  return but(broker, { consume });
}

/** The same thing with other methods in place of some. */
function but<T extends object>(thing: T, other: Partial<T>): T {
  const get = (_target: object, name: string | symbol) => {
    const value: unknown = Reflect.get(name in other ? other : thing, name);
    return typeof value === 'function' ? (value.bind(thing) as unknown) : value;
  };
  return new Proxy({}, { get }) as T; // not of the thing: it may be frozen
}

/**
 * Somebody else's API, which does once what it is asked with one key, and answers as told: one way for each request,
 * and then as it should.
 */
async function startProvider(port: number, ways: ((response: ServerResponse) => void)[] = []) {
  const done = new Map<string, number>();
  const asked: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const key = String(request.headers['idempotency-key']);
    asked.push(key);
    if (!done.has(key)) done.set(key, done.size + 1);
    const way = ways.shift();
    if (way) return way(response);
    response.end(JSON.stringify({ receipt: done.get(key) }));
  };
  provider = createServer((request, response) => void request.resume().on('end', () => answer(request, response)));
  provider.listen(port, '127.0.0.1');
  await once(provider, 'listening');
  return { url: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`, asked, done };
}

/** Asks it about each event, as docs/events.md says. */
function asking(url: string, numbers: number[] = []): Listener {
  const handle = async (event: TicketEvent, attempt: Attempt) => {
    numbers.push(await attempt.number());
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': attempt.id },
      body: JSON.stringify({ amount: event.price }),
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`the provider answered ${response.status}`);
    return 'applied' as const;
  };
  return { subject, ordering: 'any-order', key: ({ id }) => id, handle };
}

test('a provider that breaks off, refuses and hangs is asked again with one key, after longer pauses, and does it once', async () => {
  const { url, asked, done } = await startProvider(0, [
    (response) => response.destroy(),
    (response) => void response.writeHead(503).end(),
    () => undefined, // no answer
  ]);
  const numbers: number[] = [];
  await bench.consumer([asking(url, numbers)], { settings: { ...REDELIVERED_SOON, maxAttempts: 5 } });
  const event = ticketEvent(newId(), 3);
  await bench.publish(subject, event);
  await waitFor(() => bench.count('applied'), { timeoutMs: 120_000 });
  expect(asked).toEqual(Array.from({ length: 4 }, () => event.meta.id));
  expect([...done]).toEqual([[event.meta.id, 1]]);
  expect(numbers).toEqual([1, 2, 3, 4]);
  expect(pauses).toEqual([1_000, 2_000, 4_000]);
  await bench.outcomesAre({ failed: 3, applied: 1 });
  expect(bench.lines.filter(({ msg }) => msg.startsWith('MongoDB is'))).toEqual([]);
});

test('a provider that is away makes a dead letter that says why; redriven when it is back, it is asked with the same key', async () => {
  const port = await freePort();
  const numbers: number[] = [];
  const url = `http://127.0.0.1:${port}/`;
  await bench.consumer([asking(url, numbers)], { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } });
  const event = ticketEvent(newId(), 3);
  await bench.publish(subject, event);
  await waitFor(() => bench.count('dead-lettered'), { timeoutMs: 120_000 });
  const letters = deadLetterStore(bench.connection);
  const [letter] = await letters.list();
  expect(letter).toMatchObject({ reason: 'failed', attempts: 2 });
  expect(letter?.message).toMatch(/^TypeError: fetch failed: .*ECONNREFUSED/);

  const { asked } = await startProvider(port);
  await letters.redrive(letter?._id ?? '');
  await waitFor(async () => (await letters.list()).length === 0, { timeoutMs: 120_000 });
  expect(asked).toEqual([event.meta.id]);
  expect(numbers).toEqual([1, 2, 1]);
});
