import { type Case, isConnected, publishUntilStored } from './bench';

/** Far more than the time limit that these cases set (1 s), and far less than the default of any client (ms). */
const BOUND_MS = 15_000;

async function failed(publishing: Promise<unknown>): Promise<{ readonly name: unknown; readonly tookMs: number }> {
  const began = performance.now();
  const error: unknown = await publishing.then(
    () => 'it was stored',
    (reason: unknown) => reason,
  );
  return { name: error instanceof Error ? error.name : error, tookMs: performance.now() - began };
}

/** A publish that was not acked rejects, within its bound. */
export function publishingCases(test: Case): void {
  test('a publish without a connection rejects at once', async (bench) => {
    const proxy = await bench.proxy();
    proxy.refuse = true;
    const broker = bench.broker(proxy.url, { timeoutMs: 60_000 });
    const { name, tookMs } = await failed(broker.publish(bench.channel, '1'));
    expect(name).toBe('NotConnectedError');
    expect(tookMs).toBeLessThan(BOUND_MS);
    expect([broker.isConnected(), broker.downSince()]).toEqual([false, expect.any(Date)]);
  });

  test('an unanswered publish rejects within its bound, and another one is stored later', async (bench) => {
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { timeoutMs: 1_000 });
    proxy.swallowReplies = true;
    const { name, tookMs } = await failed(broker.publish(bench.channel, '1'));
    expect(['NoAnswerError', 'NotConnectedError']).toContain(name);
    expect(tookMs).toBeLessThan(BOUND_MS);
    proxy.swallowReplies = false;
    await publishUntilStored(broker, bench.channel, '2');
  });

  test('a publish whose connection is cut before the ack rejects', async (bench) => {
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { timeoutMs: 1_000 });
    proxy.swallowReplies = true;
    const outcome = failed(broker.publish(bench.channel, '1'));
    proxy.refuse = true;
    setTimeout(() => proxy.cut(), 100);
    expect((await outcome).tookMs).toBeLessThan(BOUND_MS);
    expect((await outcome).name).not.toBe('it was stored');
    proxy.refuse = false;
    proxy.swallowReplies = false;
    await isConnected(broker);
  });

  test('publishes that wait for their turn, and for acks, reject when the broker is closed', async (bench) => {
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { timeoutMs: 60_000, publishWindow: 2 });
    proxy.swallowReplies = true;
    const outcomes = [1, 2, 3, 4].map((n) => failed(broker.publish(bench.channel, `${n}`)));
    await broker.close();
    for (const { name } of await Promise.all(outcomes)) expect(name).not.toBe('it was stored');
    expect((await failed(broker.publish(bench.channel, '5'))).name).toBe('NotConnectedError');
  });
}
