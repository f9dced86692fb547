import { once } from 'node:events';
import { waitFor } from '../../wait-for';
import { type Case, type ConformanceBench, IN_TIME, Member } from './bench';

async function leavesNothing(bench: ConformanceBench, task: string, url: string): Promise<void> {
  const lines: string[] = [];
  const child = bench.program(task, url, (line) => lines.push(line));
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(IN_TIME.timeoutMs) });
  await waitFor(() => lines.length > 0, IN_TIME);
  expect(lines).toEqual(['left: ']);
  expect(await exited).toEqual([0, null]); // it ends by itself
}

/** What is left of a broker that was closed: nothing. */
export function leavingCases(test: Case): void {
  test('a process that used everything and closed it has no timer, listener or socket, and ends', async (bench) => {
    await leavesNothing(bench, 'use', await bench.url());
  });

  test('so has one that was never connected', async (bench) => {
    const proxy = await bench.proxy();
    proxy.refuse = true;
    await leavesNothing(bench, 'away', proxy.url);
  });

  test('so has one whose client was just given up for lack of an answer', async (bench) => {
    await leavesNothing(bench, 'unanswered', await bench.url());
  });

  test('so has one whose server accepts connections and says nothing', async (bench) => {
    await leavesNothing(bench, 'silent', await bench.url());
  });

  test('closing ends within a bound without an answer', async (bench) => {
    const server = await bench.server();
    const broker = await bench.connected(server.url);
    const member = new Member(broker, bench.channel, { group: bench.group });
    await member.subscription.ready;
    await server.signal('SIGSTOP');
    const began = performance.now();
    await member.subscription.close();
    await broker.close();
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(broker.isConnected()).toBe(false);
  });

  test('requests without an answer reject when the broker is closed, not only after their time limit', async (bench) => {
    const { channel, group } = bench;
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { timeoutMs: 120_000 });
    proxy.swallowReplies = true;
    const asked = [
      broker.extent(channel),
      broker.readAll(channel)[Symbol.asyncIterator]().next(),
      broker.lossSince(channel, undefined),
      broker.forgetGroup(channel, group),
    ];
    const outcomes = Promise.allSettled(asked);
    const began = performance.now();
    await broker.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(asked.map(() => 'rejected'));
    expect(performance.now() - began).toBeLessThan(60_000);
  });
}
