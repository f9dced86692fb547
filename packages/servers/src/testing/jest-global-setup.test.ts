import { connect } from 'node:net';
import { startedForJest } from './jest-servers';

const canConnect = (url: string) =>
  new Promise<void>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => resolve(void socket.destroy())).once('error', reject);
  });

test('a jest run has one MongoDB and one NATS Streaming, named by its environment', async () => {
  await canConnect(process.env['TEST_MONGO_URI'] ?? '');
  await canConnect(process.env['TEST_NATS_URL'] ?? '');
  expect(process.env['TEST_NATS_CLUSTER_ID']).toMatch(/^[\w-]+$/);
  expect(startedForJest).toEqual([]);
});
