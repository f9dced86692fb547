import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@ticketing/servers';
import { asOperator, waitFor } from '@ticketing/testing';
import { backlogGauges, brokerGauge } from '../../consumer/consumer-gauges';
import { createMetrics } from '../../runtime/metrics';
import { BROKER_WAITS } from '../../runtime/policies';
import { RefusedError } from '../errors';
import { type Field, IN_TIME, inField, member, numbers } from './field.test.helper';
import { STREAM } from './names';

jest.setTimeout(180_000);
jest.replaceProperty<{ answerMs: number }, 'answerMs'>(BROKER_WAITS, 'answerMs', 60_000);

const warnings = ({ lines }: Field) => lines.filter(({ msg }) => msg.startsWith('a power failure'));

test(
  'one replica counts as unsafe until its server is seen to sync; that is said once, and allowed on demand',
  inField(async (field) => {
    const monitorPort = await freePort();
    const server = await field.server({ monitorPort });
    const monitorUrl = `http://127.0.0.1:${monitorPort}`;
    const seen = await field.connected(server.url, { monitorUrl });
    await sleep(500);
    expect([seen.unsafeBecause(), warnings(field)]).toEqual([undefined, []]);
    const allowed = await field.connected(server.url, { allowUnsafe: true });
    await waitFor(() => allowed.unsafeBecause() !== undefined, IN_TIME);
    expect(warnings(field)).toEqual([]);
    const unseen = await field.connected(server.url);
    await waitFor(() => unseen.unsafeBecause() !== undefined, IN_TIME);
    await server.down();
    await server.up();
    await waitFor(() => unseen.isConnected(), IN_TIME);
    await sleep(500);
    expect(warnings(field)).toMatchObject([{ reason: expect.stringContaining('NATS_MONITOR_URL') as string }]);
    const metrics = createMetrics('test');
    brokerGauge(unseen, metrics);
    expect(await metrics.scrape()).toMatch(/^ticketing_broker_unsafe\{.*\} 1$/m);
  }),
);

test(
  'a server that syncs every two minutes is unsafe, and so is one that does not say it',
  inField(async (field) => {
    const monitorPort = await freePort();
    const server = await field.server({ monitorPort, config: 'jetstream { sync_interval: "2m" }' });
    const broker = await field.connected(server.url, { monitorUrl: `http://127.0.0.1:${monitorPort}` });
    await waitFor(() => broker.unsafeBecause() !== undefined, IN_TIME);
    expect(broker.unsafeBecause()).toBe('one replica, and the server does not sync before it acks');
    const other = await field.connected(server.url, { monitorUrl: `http://127.0.0.1:${await freePort()}` });
    await waitFor(() => other.unsafeBecause() !== undefined, IN_TIME);
    expect(other.unsafeBecause()).toContain('does not say');
    expect(warnings(field)).toHaveLength(2);
  }),
);

test(
  'the size of a stream is reserved when it is made; a full one refuses and keeps what it has',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url, { maxBytes: 100_000 });
    const info = await asOperator(server.url, ({ streams }) => streams.info(STREAM));
    expect(info.config).toMatchObject({ max_bytes: 100_000, discard: 'new' });
    const payload = 'x'.repeat(30_000);
    for (let n = 0; n < 3; n += 1) await broker.publish(field.channel, payload);
    await expect(broker.publish(field.channel, payload)).rejects.toThrow(RefusedError);
    expect(broker.refusedChannels()).toEqual([field.channel]);
    expect(await broker.extent(field.channel)).toMatchObject({ held: 3 });
  }),
);

test(
  'what waits for a group at the broker is a gauge',
  inField(async (field) => {
    const channel = 'ticket:created';
    const server = await field.server();
    const broker = await field.connected(server.url);
    const metrics = createMetrics('test');
    const end = backlogGauges(broker, field.group, [channel], metrics);
    expect(await broker.backlog(channel, field.group)).toBeUndefined();
    expect(await metrics.scrape()).not.toMatch(/^ticketing_broker_pending\{/m);
    const { subscription } = member(broker, Object.assign(field, { channel }), { maxInFlight: 2 }, () => undefined);
    await subscription.ready;
    await Promise.all(numbers(1, 5).map((payload) => broker.publish(channel, payload)));
    await waitFor(async () => (await broker.backlog(channel, field.group))?.unacked === 2, IN_TIME);
    const text = await metrics.scrape();
    const gauge = (name: string) => new RegExp(`^ticketing_broker_${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1];
    expect([gauge('pending'), gauge('unacked'), gauge('redelivered')]).toEqual(['3', '2', '0']);
    end();
  }),
);
