import mongoose, { type Connection } from 'mongoose';
import { baseConfig } from './config';
import { loadConfig } from '../runtime/environment';
import { thingModel } from '../outbox/owner.test.helper';
import { type ServiceContext, type ServiceParts, startService } from './service';
import { dropAndClose, silentLogger, testConnection, testDatabaseUri, testServers, waitFor } from '@ticketing/testing';

const PARTS: ServiceParts = { owned: [], reEmitted: [], listeners: [], routes: () => undefined };
const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

/** What a failed start has left: the state of its connection, and sockets. */
async function failedStart(uri: string, assemble: (context: ServiceContext) => ServiceParts, signal?: AbortSignal) {
  const before = sockets();
  let connection: Connection | undefined;
  const env = { PORT: '0', MONGO_URI: uri, JWT_KEY: '0123456789abcdef0123456789abcdef' };
  const { engine: BROKER, natsUrl: NATS_URL, natsClusterId: NATS_CLUSTER_ID } = testServers();
  const started = startService({
    name: 'test',
    config: loadConfig(baseConfig('test'), { ...env, BROKER, NATS_URL, NATS_CLUSTER_ID }),
    logger: silentLogger(),
    ...(signal && { signal }),
    assemble: (context) => {
      connection = context.connection;
      return assemble(context);
    },
  });
  await expect(started).rejects.toThrow();
  expect(connection?.readyState).toBe(mongoose.ConnectionStates.disconnected);
  await waitFor(() => sockets() <= before, { what: 'its sockets to be closed' });
}

test('a start whose parts cannot be assembled closes its connections', async () => {
  await failedStart(testDatabaseUri(), () => {
    throw new Error('no luck');
  });
});

test('a start whose index is refused closes its connections', async () => {
  const uri = testDatabaseUri();
  const other = await testConnection(uri);
  await other.collection('things').insertMany([{ title: 'same' }, { title: 'same' }]);
  await failedStart(uri, ({ connection }) => {
    const model = thingModel(connection);
    model.schema.index({ title: 1 }, { unique: true });
    return { ...PARTS, owned: [model] };
  });
  await dropAndClose(other);
});

test('a start that is given up closes its connections', async () => {
  const abort = new AbortController();
  await failedStart(
    testDatabaseUri(),
    () => {
      abort.abort();
      return PARTS;
    },
    abort.signal,
  );
});
