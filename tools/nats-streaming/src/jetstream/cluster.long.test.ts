import { createBroker, createLogger } from '@ticketing/common';
import { startJetStreamCluster } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';
import { describeJetStream } from './describe';
import { lookAtJetStream } from './look';

jest.setTimeout(180_000);

test('in a cluster the monitor of a server says which consumers another server leads', async () => {
  const cluster = await startJetStreamCluster();
  const logger = createLogger({ name: 'monitor', level: 'silent' });
  const broker = createBroker({ engine: 'jetstream', url: cluster.url, clusterId: '', clientIdPrefix: 'm', logger });
  try {
    const options = { group: 'group', ackWaitMs: 30_000, maxInFlight: 8 };
    await broker.consume('a:made', options, (message) => message.ack()).ready;
    const said = async () => {
      const seen = await Promise.all(cluster.nodes.map(({ monitorUrl }) => lookAtJetStream(monitorUrl, [])));
      return seen.map((each) => describeJetStream(each).join('\n'));
    };
    const isFollower = (text: string) => text.includes('1 of them have another leader (n');
    const shown = async () => {
      const texts = await said();
      return texts.filter(isFollower).length === 2 && texts;
    };
    const texts = await waitFor(shown, { timeoutMs: 60_000, what: 'one leader and two followers' });
    expect(texts.map((text) => /^a:made +group__a_3a_made /m.test(text))).toEqual([true, true, true]);
  } finally {
    await broker.close();
    await cluster.remove();
  }
});
