import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { asOperator, waitFor } from '@ticketing/testing';
import { IN_TIME, inField } from './field.test.helper';

jest.setTimeout(180_000);

test(
  'a program that only reads makes no stream, and a service that makes one says so',
  inField(async (field) => {
    const server = await field.server();
    const reader = field.broker(server.url, { mayCreate: false });
    await waitFor(() => field.lines.some((line) => String(line['reason']).includes('there is no stream')), IN_TIME);
    expect(reader.isConnected()).toBe(false);
    expect(await asOperator(server.url, async ({ streams }) => streams.names().next())).toEqual([]);
    await field.connected(server.url);
    await waitFor(() => reader.isConnected(), IN_TIME);
    expect(field.lines.filter(({ level, msg }) => level >= 40 && msg.startsWith('there is no stream'))).toHaveLength(1);
  }),
);

test(
  'closing does not wait for the answers of servers that accept a connection and say nothing',
  inField(async (field) => {
    let calls = 0;
    const silent = async () => {
      const server = createServer((socket) => {
        calls += 1;
        socket.on('error', () => undefined);
      }).listen(0, '127.0.0.1');
      field.ending(() => server.close());
      await once(server, 'listening');
      return `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const broker = field.broker([await silent(), await silent()].join(), { timeoutMs: 600_000 });
    await waitFor(() => calls > 0, IN_TIME);
    await broker.close();
    expect(calls).toBe(1);
  }),
);

test.each(['jetstream', 'streaming'] as const)(
  'a %s server that hangs up is called ten times in ten seconds at most',
  (engine) =>
    inField(async (field) => {
      let calls = 0;
      const server = createServer((socket) => {
        calls += 1;
        socket.on('error', () => undefined).destroy();
      }).listen(0, '127.0.0.1');
      field.ending(() => server.close());
      await once(server, 'listening');
      field.broker(`nats://127.0.0.1:${(server.address() as AddressInfo).port}`, { engine });
      await sleep(10_000);
      await waitFor(() => calls > 2, IN_TIME);
      expect(calls).toBeLessThanOrEqual(10);
    })(),
);
