import { parseArgs } from 'node:util';
import type { Connection } from 'mongoose';
import { connectedWithin } from '../broker/connected-within';
import { createBroker } from '../broker/create-broker';
import { ENGINE_NAMES } from '../broker/engines';
import { shownNatsUrl } from '../broker/nats-url';
import { createPublisher } from '../outbox/publisher';
import { type BaseConfig } from './config';
import { connectDatabase } from '../mongo/database';
import { StartError } from '../errors/start-error';
import { withoutCredentials } from '../errors/without-credentials';
import { createLogger } from '../runtime/logger';
import { createMetrics } from '../runtime/metrics';
import { reEmit } from '../outbox/re-emit';
import type { AnyReEmitted } from '../outbox/re-emission';

/** How long (ms) to try to reach the broker before giving up. */
const CONNECT_FOR_MS = 15_000;

const usage = `Publishes the present state of this service's aggregates again, as snapshots, and saves nothing.
For consumers that report lost history. Uses the service's environment variables.

  --since TIME   only what changed at or after this time, such as 2026-01-31T12:00:00Z
  --help         this text
`;

export interface ReEmitCommand {
  /** The service, which is also its default database. */
  readonly name: string;
  readonly config: () => BaseConfig;
  /** All that the service owns. */
  readonly aggregates: (connection: Connection) => readonly AnyReEmitted[];
}

/**
 * The re-emission of one owner as a program. Reads its arguments, and prints how many aggregates it published. On an
 * error it says why and sets the exit code to 1. When its reader is gone, it ends silently with 141.
 */
export async function reEmitCommand({ name, config, aggregates }: ReEmitCommand, args: string[]): Promise<void> {
  process.stdout.on('error', endByOutput);
  try {
    const since = parseSince(args);
    if (since === 'help') process.stdout.write(usage);
    else process.stdout.write(`published ${await run(name, config(), aggregates, since)} snapshots\n`);
  } catch (error) {
    const text = error instanceof StartError ? error.message : String(error);
    process.stderr.write(`${withoutCredentials(text)}\n`);
    process.exitCode = 1;
  }
}

function endByOutput(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(141); // the code that a shell reports for SIGPIPE
  process.stderr.write(`standard output cannot be written: ${error.message}\n`);
  process.exit(1);
}

function parseSince(args: string[]): Date | undefined | 'help' {
  const options = { since: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) return 'help';
  if (values.since === undefined) return undefined;
  const since = new Date(values.since);
  if (Number.isNaN(since.getTime()))
    throw new StartError(`--since ${values.since} is not a time such as 2026-01-31T12:00:00Z`);
  return since;
}

async function run(
  name: string,
  config: BaseConfig,
  aggregates: ReEmitCommand['aggregates'],
  since: Date | undefined,
): Promise<number> {
  const logger = createLogger({
    name: `${name}-re-emit`,
    level: config.logLevel === 'info' ? 'warn' : config.logLevel,
  });
  const { broker: engine, natsUrl: url, natsClusterId: clusterId, natsClientId, publishWindow } = config;
  const broker = createBroker({
    engine,
    url,
    clusterId,
    clientIdPrefix: `${natsClientId}-re-emit`,
    publishWindow,
    logger,
  });
  const connection = await connectDatabase({ uri: config.mongoUri, defaultDbName: name, logger });
  try {
    if (!(await connectedWithin(broker, CONNECT_FOR_MS))) {
      throw new StartError(`${ENGINE_NAMES[engine]} cannot be reached at ${shownNatsUrl(url)}: nothing was published`);
    }
    const publisher = createPublisher(broker, createMetrics(name), logger);
    let published = 0;
    for (const aggregate of aggregates(connection)) published += await reEmit({ ...aggregate, publisher, since });
    return published;
  } finally {
    await broker.close();
    await connection.close();
  }
}
