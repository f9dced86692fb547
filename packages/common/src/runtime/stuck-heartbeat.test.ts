import { once } from 'node:events';
import mongoose, { type Connection } from 'mongoose';
import { sleep } from './retry';
import { watchHeartbeats } from './stuck-heartbeat';
import { testDatabaseUri, waitFor } from '@ticketing/testing';

/** The parts of the driver that hang. */
interface Driver {
  readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, { readonly monitor: Monitor }> } };
}
interface Monitor {
  readonly connection: { readonly socket: { destroy(): void } } | null;
  readonly monitorId: { wake(): void };
}

let connection: Connection;
let stuck: number;

async function connect(heartbeatFrequencyMS: number): Promise<void> {
  stuck = 0;
  const polling = { heartbeatFrequencyMS, serverMonitoringMode: 'poll', connectTimeoutMS: 1_000 } as const;
  connection = await mongoose.createConnection(testDatabaseUri(), polling).asPromise();
  watchHeartbeats(connection, () => (stuck += 1), 3_000);
}
afterEach(() => connection.close(true));

const monitor = (): Monitor | undefined => {
  const { topology } = connection.getClient() as unknown as Driver;
  return [...topology.s.servers.values()][0]?.monitor;
};

test('a heartbeat that is begun on a destroyed socket never ends, and is told', async () => {
  await connect(60_000);
  const { socket } = await waitFor(() => monitor()?.connection);
  await sleep(1_000); // the driver begins the next one no sooner
  socket.destroy();
  monitor()?.monitorId.wake();
  await waitFor(() => stuck === 1, { what: 'the heartbeat to be told' });
});

test('heartbeats that succeed, fail, or end because the connection is closed are not', async () => {
  await connect(500);
  await sleep(2_000);
  await once(connection.getClient(), 'serverHeartbeatSucceeded');
  monitor()?.connection?.socket.destroy();
  await sleep(2_000);
  await connection.close();
  await sleep(4_000);
  expect(stuck).toBe(0);
});
