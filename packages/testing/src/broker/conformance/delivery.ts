import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../wait-for';
import { type Case, hasBegun, IN_TIME, Member, numbers, publishAll } from './bench';

/** What a group gets, and when it gets it again. */
export function deliveryCases(test: Case): void {
  test('an acked publish is delivered to every group, from the first message on, at one position', async (bench) => {
    const { channel } = bench;
    const broker = await bench.connected();
    const payloads = [...numbers(1, 50), 'ütf-8 ✓ \u{1F39F}', 'x'.repeat(100_000)];
    await publishAll(broker, channel, payloads.slice(0, 30));
    const one = new Member(broker, channel, { group: 'one' });
    await publishAll(broker, channel, payloads.slice(30));
    const other = new Member(await bench.connected(), channel, { group: 'other' });
    await Promise.all([one.has(payloads), other.has(payloads)]);
    const placesOf = ({ got }: Member) =>
      new Map(got.map(({ payload, sequence, storedAt }) => [payload, [sequence, storedAt]]));
    expect(placesOf(other)).toEqual(placesOf(one));
    expect(new Set(one.got.map((message) => message.channel))).toEqual(new Set([channel]));
  });

  test('members of a group share, and each message is handled by one', async (bench) => {
    const { channel, group } = bench;
    const begun = async () => {
      const broker = await bench.connected();
      const member = new Member(broker, channel, { group });
      await hasBegun(broker, member);
      return member;
    };
    const members = await Promise.all([begun(), begun()]);
    await publishAll(await bench.connected(), channel, numbers(1, 200));
    const all = () => members.flatMap(({ got }) => got.map(({ payload }) => payload));
    await waitFor(() => new Set(all()).size === 200, IN_TIME);
    await sleep(500); // a second copy would come now
    expect(all()).toHaveLength(200);
    expect(Math.min(...members.map(({ got }) => got.length))).toBeGreaterThan(0);
  });

  test('an unacked message comes again after the ack wait, marked as redelivered; an acked one does not', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    let at = 0;
    const member = new Member(broker, channel, { group, ackWaitMs: 2_000 }, (message, got) => {
      at = performance.now();
      if (got.length > 1) message.ack();
    });
    await hasBegun(broker, member);
    const published = performance.now();
    await publishAll(broker, channel, ['1']);
    await waitFor(() => member.got.length > 1, IN_TIME);
    expect(at - published).toBeGreaterThan(1_500);
    expect(member.got.slice(0, 2).map(({ redelivered }) => redelivered)).toEqual([false, true]);
    await sleep(1_000); // the acks are on their way: of more than one, if this process was held up
    const copies = member.got.length;
    await sleep(4_000);
    expect(member.got).toHaveLength(copies);
  });

  test('a message that is given back comes again, and is not lost', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const member = new Member(broker, channel, { group, ackWaitMs: 1_000 }, (message, got) => {
      if (got.length > 1) message.ack();
      else message.retry(100);
    });
    await hasBegun(broker, member);
    await publishAll(broker, channel, ['1']);
    await waitFor(() => member.got.length > 1, IN_TIME);
  });

  test('an unacked message holds up no other: ten times maxInFlight successors come before its ack wait is over', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const member = new Member(broker, channel, { group, ackWaitMs: 600_000, maxInFlight: 4 }, (message) => {
      if (message.payload !== '1') message.ack();
    });
    await publishAll(broker, channel, ['1']);
    await publishAll(broker, channel, numbers(2, 41));
    await member.has(numbers(1, 41));
  });

  test('no more than maxInFlight are in flight at a member, and it gets more as it acks', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const members = [5, 3].map((maxInFlight) => new Member(broker, channel, { group, maxInFlight }, () => undefined));
    await Promise.all(members.map((member) => hasBegun(broker, member)));
    await publishAll(await bench.connected(), channel, numbers(1, 50));
    const counts = () => members.map(({ got }) => got.length);
    await waitFor(() => counts().join() === '5,3', IN_TIME);
    await sleep(1_000); // more would come now
    expect(counts()).toEqual([5, 3]);
    members[0]?.got.forEach((message) => message.ack());
    await waitFor(() => counts().join() === '10,3', IN_TIME);
  });

  test('an error in a callback is logged, and the message not acked; others still come', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const member = new Member(broker, channel, { group, ackWaitMs: 1_000 }, (message, got) => {
      if (message.payload === '1' && got.filter(({ payload }) => payload === '1').length === 1) throw new Error('no');
      message.ack();
    });
    await hasBegun(broker, member);
    await publishAll(broker, channel, numbers(1, 5));
    await member.has(numbers(1, 5));
    await waitFor(() => member.got.filter(({ payload }) => payload === '1').length > 1, IN_TIME);
    expect(bench.lines.filter(({ level }) => level >= 50)).toHaveLength(1);
  });
}
