import { startedForJest } from './jest-servers';
import { startMongo } from './mongo/start-mongo';
import { startNats } from './nats/start-nats';

/**
 * Starts one MongoDB and one NATS Streaming for a whole jest run and leaves their addresses in TEST_MONGO_URI (without
 * a database name), TEST_NATS_URL and TEST_NATS_CLUSTER_ID. What is set already, there or as MONGO_URI or NATS_URL, is used as it is.
 */
export default async function setup(): Promise<void> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const env = process.env;
  await Promise.all([
    env['TEST_MONGO_URI'] ||
      startMongo({ log }).then((mongo) => {
        startedForJest.push(mongo);
        env['TEST_MONGO_URI'] = mongo.url;
      }),
    env['TEST_NATS_URL'] ||
      startNats({ log }).then((nats) => {
        startedForJest.push(nats);
        env['TEST_NATS_URL'] = nats.url;
        env['TEST_NATS_CLUSTER_ID'] = nats.clusterId;
      }),
  ]);
  env['TEST_NATS_CLUSTER_ID'] ??= env['NATS_CLUSTER_ID'] || 'ticketing';
}
