import { startedForJest } from './jest-servers';
import { startMongo } from '../mongo/start-mongo';
import { type Engine, startBroker } from '../nats/start-broker';
import { patientLog } from './patient-log';
import { testEngine } from './test-engine';

/** A warm start takes less. A download or a build takes more, and should be visible. */
const QUIET_FOR_MS = 1_500;

/**
 * Starts one MongoDB and one NATS Streaming for a whole jest run and leaves their addresses in TEST_MONGO_URI (without
 * a database name), TEST_NATS_URL and TEST_NATS_CLUSTER_ID. A server that is already set, there or as MONGO_URI or
 * NATS_URL, is used instead. With TEST_BROKER=jetstream it starts JetStream, and not NATS Streaming. The program of the
 * other engine, which suites start themselves, is only fetched.
 */
export default async function setup(): Promise<void> {
  const { log, end } = patientLog((line) => void process.stderr.write(`${line}\n`), QUIET_FOR_MS);
  const env = process.env;
  const engine = testEngine(env);
  await Promise.all([
    env['TEST_MONGO_URI'] ||
      startMongo({ log }).then((mongo) => {
        startedForJest.push(mongo);
        env['TEST_MONGO_URI'] = mongo.url;
      }),
    env['TEST_NATS_URL'] ||
      startBroker(engine, { log }).then((nats) => {
        startedForJest.push(nats);
        env['TEST_NATS_URL'] = nats.url;
        env['TEST_NATS_CLUSTER_ID'] = nats.clusterId;
      }),
    fetchProgram(engine === 'jetstream' ? 'streaming' : 'jetstream', log),
  ]).finally(end);
  env['TEST_NATS_CLUSTER_ID'] ??= env['NATS_CLUSTER_ID'] || 'ticketing';
}

/** A download or a build takes longer than a test may. Suites that need a program that cannot be had say so themselves. */
async function fetchProgram(engine: Engine, log: (line: string) => void): Promise<void> {
  const started = startBroker(engine, { env: { ...process.env, NATS_URL: '' }, log });
  await started.then(
    (server) => server.stop(),
    (error: unknown) => log(String(error)),
  );
}
