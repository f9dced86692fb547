import type { JetStreamCluster } from '@ticketing/servers';
import { asOperator, QUICK, waitFor } from '@ticketing/testing';
import { asClient, type Field, IN_TIME, inField, member, numbers, publishUntilStored } from './field.test.helper';
import { consumerOf, STREAM } from './names';

jest.setTimeout(600_000); // each takes 50 s alone, most of it waiting: they wait side by side
const LONG = { timeoutMs: 120_000 };
/** So long without a break (ms), it is no new connection that is made. */
const STAYS_DOWN_MS = 15_000;

/** Has a server lead the stream, and one the consumer of the field's group, as an operator can. */
async function lead(field: Field, { nodes, url }: JetStreamCluster, ofStream: 0 | 2, ofConsumer: 0 | 2): Promise<void> {
  const consumer = consumerOf(field.channel, field.group);
  const nats = await asClient(field, nodes[2].url);
  const moved = async (subject: string, wanted: 0 | 2, present: string | undefined) => {
    const preferred = nodes[wanted].name;
    if (preferred === present) return true;
    await nats.request(`$JS.API.${subject}`, JSON.stringify({ placement: { preferred } }));
    return false;
  };
  await asOperator(url, async ({ streams, consumers }) => {
    const stepsDown = { ...IN_TIME, everyMs: 500, what: 'a leader to step down' };
    const stream = async () => (await streams.info(STREAM)).cluster?.leader;
    await waitFor(async () => moved(`STREAM.LEADER.STEPDOWN.${STREAM}`, ofStream, await stream()), stepsDown);
    const group = async () => (await consumers.info(STREAM, consumer)).cluster?.leader;
    await waitFor(
      async () => moved(`CONSUMER.LEADER.STEPDOWN.${STREAM}.${consumer}`, ofConsumer, await group()),
      stepsDown,
    );
  });
}

const LEADERS = [
  { ofStream: 2, ofConsumer: 0 },
  { ofStream: 0, ofConsumer: 2 },
] as const;

test.concurrent.each(LEADERS.flatMap((leaders) => [true, false].map((keeps) => ({ ...leaders, keeps }))))(
  'without a majority the broker is down, nothing is acked, and with one it goes on by itself: %j',
  ({ ofStream, ofConsumer, keeps }) =>
    inField(async (field) => {
      const { channel } = field;
      const cluster = await field.cluster();
      const { nodes } = cluster;
      const proxy = await field.proxy(nodes[2].url); // the server that stays
      const broker = await field.connected(proxy.url, { ...QUICK, timeoutMs: 2_000 });
      const { has } = member(broker, field, { ackWaitMs: 2_000 });
      await publishUntilStored(broker, channel, '1');
      await has(['1']);
      const info = await asOperator(nodes[0].url, ({ streams }) => streams.info(STREAM));
      expect(info.config.num_replicas).toBe(3);
      await lead(field, cluster, ofStream, ofConsumer);

      await Promise.all([nodes[0].down(), nodes[1].down()]);
      const since = performance.now();
      if (!keeps) proxy.cut();
      const staysDown = () => Date.now() - (broker.downSince()?.getTime() ?? Infinity) > STAYS_DOWN_MS;
      await waitFor(staysDown, { ...LONG, what: 'the broker to stay down' });
      const saidAfter = Math.round(performance.now() - since - STAYS_DOWN_MS);
      process.stderr.write(`two of three servers down: said after ${saidAfter} ms\n`);
      const began = performance.now();
      const outcomes = await Promise.allSettled(
        numbers(1, 5).map((n) => broker.publish(channel, `lost ${n}`, { id: `lost-${n}` })),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(numbers(1, 5).map(() => 'rejected'));
      expect(performance.now() - began).toBeLessThan(30_000);

      await Promise.all([nodes[0].up(), nodes[1].up()]);
      await waitFor(() => publishUntilStored(broker, channel, '2').then(() => true), LONG);
      await has(['2']);
      await waitFor(() => broker.downSince() === undefined, LONG);
    })(),
);
