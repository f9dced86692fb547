import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../wait-for';
import { type Case, IN_TIME, Member, numbers, publishAll } from './bench';

/** Members that come and go, and what a group keeps. */
export function groupCases(test: Case): void {
  test('unacked messages of a killed member come to the others', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const theirs: string[] = [];
    const child = bench.program('hold', await bench.url(), (line) => theirs.push(line));
    await publishAll(broker, channel, numbers(1, 40));
    await waitFor(() => new Set(theirs).size === 40, IN_TIME);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const member = new Member(broker, channel, { group, ackWaitMs: 1_000 });
    await member.has(numbers(1, 40));
    expect(member.got.every(({ redelivered }) => redelivered)).toBe(true);
  });

  test('closing keeps the position: the next member continues there, with the unacked messages', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const how = { group, ackWaitMs: 1_000 };
    const first = new Member(broker, channel, how, (message) => {
      if (message.payload !== '7') message.ack();
    });
    await publishAll(broker, channel, numbers(1, 10));
    await first.has(numbers(1, 10));
    await sleep(1_000); // the acks are on their way
    await Promise.all([first.subscription.close(), first.subscription.close()]);
    await publishAll(broker, channel, numbers(11, 20));
    const next = new Member(await bench.connected(), channel, how);
    await next.has(['7', ...numbers(11, 20)]);
    expect(next.payloads).toEqual(['7', ...numbers(11, 20)]);
  });

  test('nothing is delivered after close', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    let closed: Promise<void> | undefined;
    const member: Member = new Member(broker, channel, { group, ackWaitMs: 1_000 }, (message) => {
      message.ack();
      closed ??= member.subscription.close();
    });
    await member.subscription.ready;
    await publishAll(broker, channel, numbers(1, 30));
    await waitFor(() => closed !== undefined, IN_TIME);
    const got = member.got.length;
    expect(got).toBe(1);
    await closed;
    await publishAll(broker, channel, numbers(31, 40));
    await sleep(2_500); // redeliveries, too
    expect(member.got).toHaveLength(got);
  });

  test('forgetting a group deletes its position, and no other', async (bench) => {
    const { channel } = bench;
    const broker = await bench.connected();
    await publishAll(broker, channel, numbers(1, 10));
    const groups = ['forgotten', 'kept'];
    const first = groups.map((group) => new Member(broker, channel, { group }));
    await Promise.all(first.map((member) => member.has(numbers(1, 10))));
    await sleep(1_000);
    await Promise.all(first.map(({ subscription }) => subscription.close()));
    await broker.forgetGroup(channel, 'forgotten');
    const [forgotten, kept] = groups.map((group) => new Member(broker, channel, { group }));
    await publishAll(broker, channel, ['11']);
    await Promise.all([forgotten?.has(numbers(1, 11)), kept?.has(['11'])]);
    expect(kept?.payloads).toEqual(['11']);
  });

  test('a channel that the broker refuses is named and tried again; the others go on', async (bench) => {
    const server = await bench.server({ only: 'taken' });
    const broker = await bench.connected(server.url);
    const taken = new Member(broker, 'taken', { group: bench.group });
    await taken.subscription.ready;
    const refused = new Member(broker, 'refused', { group: bench.group });
    let isReady = false;
    void refused.subscription.ready.then(() => (isReady = true));
    await waitFor(() => broker.refusedChannels().length > 0, IN_TIME);
    expect(broker.refusedChannels()).toEqual(['refused']);
    await expect(broker.publish('refused', '1')).rejects.toMatchObject({ name: 'RefusedError' });
    await publishAll(broker, 'taken', numbers(1, 5));
    await taken.has(numbers(1, 5));
    expect([isReady, broker.isConnected()]).toEqual([false, true]);
    await refused.subscription.close();
  });
}
