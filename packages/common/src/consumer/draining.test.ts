import { testBroker, testConnection, uniqueName, waitFor } from '@ticketing/testing';
import { sleep } from '../runtime/retry';
import { Bench, newId, ticketEvent } from './consumer.test.helper';
import type { Listener } from './listener';

const subject = 'ticket:updated';
const versions = Array.from({ length: 10 }, (_, version) => version);

function recorder(into: number[], ms = 0): Listener {
  const handle = async ({ version }: { version: number }) => {
    await sleep(ms);
    into.push(version);
    return 'applied' as const;
  };
  return { subject, ordering: 'any-order', key: ({ id }) => id, handle };
}

test('draining waits for running messages, acks them, and takes nothing more', async () => {
  const channelPrefix = `${uniqueName()}.`;
  const bench = await Bench.open({ broker: () => testBroker(channelPrefix), connection: await testConnection() });
  const another = await testBroker(channelPrefix);
  try {
    const seen: number[] = [];
    const consumer = await bench.consumer([recorder(seen, 300)], { settings: { concurrency: 2 } });
    await bench.publish(subject, ...versions.map((version) => ticketEvent(newId(), version)));
    await waitFor(() => seen.length > 0);
    await Promise.all([consumer.drain(), consumer.drain()]);
    const handled = seen.length;
    await sleep(500);
    expect(seen).toHaveLength(handled);
    expect(handled).toBeLessThan(10);
    await bench.consumer([recorder(seen)], { broker: another });
    await waitFor(() => seen.length >= 10);
    await sleep(1_500);
    expect([...seen].sort((a, b) => a - b)).toEqual(versions);
  } finally {
    await bench.close();
    await another.close();
  }
});
