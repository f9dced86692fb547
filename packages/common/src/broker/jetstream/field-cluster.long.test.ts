import { asOperator, waitFor } from '@ticketing/testing';
import { inField, member, numbers, publishUntilStored } from './field.test.helper';
import { STREAM } from './names';

jest.setTimeout(240_000);
const LONG = { timeoutMs: 120_000 };

test(
  'without a majority nothing is acked, and a publish rejects in time; with one it goes on by itself',
  inField(async (field) => {
    const { channel } = field;
    const { nodes, url } = await field.cluster();
    const broker = await field.connected(url, { timeoutMs: 2_000 });
    const { has } = member(broker, field, { ackWaitMs: 2_000 });
    await publishUntilStored(broker, channel, '1');
    await has(['1']);
    const info = await asOperator(nodes[0].url, ({ streams }) => streams.info(STREAM));
    expect(info.config.num_replicas).toBe(3);
    await Promise.all([nodes[0].down(), nodes[1].down()]);
    const began = performance.now();
    const outcomes = await Promise.allSettled(
      numbers(1, 5).map((n) => broker.publish(channel, `lost ${n}`, { id: `lost-${n}` })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(numbers(1, 5).map(() => 'rejected'));
    expect(performance.now() - began).toBeLessThan(30_000);
    await Promise.all([nodes[0].up(), nodes[1].up()]);
    await waitFor(() => publishUntilStored(broker, channel, '2').then(() => true), LONG);
    await has(['2']);
  }),
);
