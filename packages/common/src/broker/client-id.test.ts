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
  const client = (id: string): Promise<Stan> =>
    new Promise((resolve, reject) => {
      const stan = connect(natsClusterId, id, { url });
      stan.once('connect', () => resolve(stan));
      stan.on('error', (error) => reject(new Error(String(error))));
    });
  const close = (stan: Stan) => new Promise((resolve) => stan.once('close', resolve).close());
  /** What the second client is told; nothing if the first one, in this process, was held up and had to give way. */
  const refusal = async (): Promise<string | undefined> => {
    const id = uniqueName();
    const first = await client(id);
    const second = await client(id).catch(String);
    if (typeof second !== 'string') await close(second);
    await close(first);
    return typeof second === 'string' ? second : undefined;
  };
  let told: string | undefined;
  for (let tries = 0; told === undefined && tries < 5; tries += 1) told = await refusal();
  expect(told).toContain('clientID already registered');
});
