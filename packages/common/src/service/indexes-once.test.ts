import { baseConfig } from './config';
import { loadConfig } from '../runtime/environment';
import { thingModel } from '../outbox/owner.test.helper';
import { startService } from './service';
import { silentLogger, testDatabaseUri, testServers } from '@ticketing/testing';

test('a start makes each index once, before it says that it is ready', async () => {
  const made: string[] = [];
  const { engine: BROKER, natsUrl: NATS_URL, natsClusterId: NATS_CLUSTER_ID } = testServers();
  const env = { PORT: '0', MONGO_URI: testDatabaseUri(), JWT_KEY: '0123456789abcdef0123456789abcdef' };
  const service = await startService({
    name: 'test',
    config: loadConfig(baseConfig('test'), { ...env, BROKER, NATS_URL, NATS_CLUSTER_ID }),
    logger: silentLogger(),
    assemble: ({ connection }) => {
      connection.getClient().on('commandStarted', ({ commandName, command }) => {
        if (commandName === 'create') made.push(`collection ${String(command['create'])}`);
        if (commandName !== 'createIndexes') return;
        const indexes = command['indexes'] as { name: string }[];
        made.push(...indexes.map(({ name }) => `${String(command['createIndexes'])}: ${name}`));
      });
      return { owned: [thingModel(connection)], reEmitted: [], listeners: [], routes: () => undefined };
    },
  });
  const before = [...made];
  await service.stop();
  expect(made).toEqual(before);
  expect(made).toContain('things: outbox_pending');
  expect([...made].sort()).toEqual([...new Set(made)].sort());
  expect(made.filter((what) => what.startsWith('collection'))).toEqual([]);
});
