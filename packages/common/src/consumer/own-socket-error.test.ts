import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { waitFor } from '@ticketing/testing';
import { Bench, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';

let bench: Bench;
let resets: Server;
beforeAll(async () => {
  bench = await Bench.open();
  resets = createServer((socket) => void socket.resetAndDestroy()).listen(0, '127.0.0.1');
  await once(resets, 'listening');
});
afterAll(async () => {
  await bench.close();
  await new Promise((resolve) => resets.close(resolve));
});

test("a broken socket of a handler's own call is that handler's failure, and MongoDB is not blamed", async () => {
  let calls = 0;
  const { port } = resets.address() as AddressInfo;
  const handle = async () => {
    calls += 1;
    await fetch(`http://127.0.0.1:${port}/`);
    return 'applied' as const;
  };
  const listener = { subject: 'ticket:created', ordering: 'any-order', key: newId, handle } as const;
  await bench.consumer([listener], { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } });
  await bench.publish('ticket:created', ticketEvent(newId(), 0));
  await waitFor(() => bench.count('dead-lettered'), { timeoutMs: 30_000 });
  await bench.outcomesAre({ failed: 1, 'dead-lettered': 1 });
  expect(calls).toBe(2);
  expect(await deadLetterStore(bench.connection).list()).toMatchObject([{ reason: 'failed', attempts: 2 }]);
  expect(bench.lines.filter(({ msg }) => msg.startsWith('MongoDB is'))).toEqual([]);
});
