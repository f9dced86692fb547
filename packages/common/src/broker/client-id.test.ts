import { connect, type Stan } from 'node-nats-streaming';
import { testEngine } from '@ticketing/servers';
import { testServers, uniqueName } from '@ticketing/testing';
import { uniqueClientId } from './client-id';

test('a client id has the prefix, the host and a random part, and only what NATS Streaming allows', () => {
  expect(uniqueClientId('tickets', 'pod-7.svc:local')).toMatch(/^tickets-pod-7-svc-local-[0-9a-f]{12}$/);
  expect(uniqueClientId('ä b:c', 'h')).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(uniqueClientId('x'.repeat(500), 'y'.repeat(500)).length).toBeLessThan(100);
});

test('no two client ids are the same', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => uniqueClientId('t'))).size).toBe(10_000);
});

// JetStream has no client ids.
const onStreaming = testEngine() === 'streaming' ? test : test.skip;
onStreaming('NATS Streaming refuses a second client with the id of one that lives: hence the random part', async () => {
  const { natsUrl: url, natsClusterId } = testServers();
  const id = uniqueName();
  const client = (): Promise<Stan> =>
    new Promise((resolve, reject) => {
      const stan = connect(natsClusterId, id, { url });
      stan.once('connect', () => resolve(stan));
      stan.once('error', (error) => reject(new Error(String(error))));
    });
  const first = await client();
  await expect(client()).rejects.toThrow('clientID already registered');
  await new Promise((resolve) => first.once('close', resolve).close());
});
