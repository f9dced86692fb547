import { connectDatabase, connectedWithin, createBroker, createLogger, type Logger } from '@ticketing/common';
import { type Engine, engineNames, type RunningBroker, type RunningServer, withoutPassword } from '@ticketing/servers';
import { warningIn } from './cause-in';

/** How long a server that was given by its address may take to answer (ms). */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Resolves when each server that was given by its address has answered as its clients need it. Without this the services would go on
 * trying, and nothing would say what to do.
 * @throws Error that says which one does not answer, and what to do
 */
export async function givenServersAnswer(
  { mongo, nats }: { readonly mongo: RunningServer; readonly nats: Pick<RunningBroker, 'url' | 'pid' | 'clusterId'> },
  engine: Engine,
  withinMs = ANSWER_WITHIN_MS,
): Promise<void> {
  if (mongo.pid === undefined) {
    await answers('MongoDB', mongo.url, 'MONGO_URI', async (logger) => {
      const signal = AbortSignal.timeout(withinMs);
      try {
        await (await connectDatabase({ uri: mongo.url, defaultDbName: 'admin', logger, signal })).close();
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        throw error;
      }
    });
  }
  if (nats.pid === undefined) {
    const { url, clusterId } = nats;
    const named = engine === 'streaming' ? ` (cluster id ${clusterId})` : '';
    await answers(engineNames[engine] + named, url, 'NATS_URL', async (logger) => {
      const broker = createBroker({ engine, url, clusterId, clientIdPrefix: 'npm-start', logger });
      return connectedWithin(broker, withinMs).finally(() => broker.close());
    });
  }
}

async function answers(name: string, url: string, variable: string, connects: (logger: Logger) => Promise<boolean>) {
  let warning: string | undefined;
  const write = (line: string) => void (warning = warningIn([line]) ?? warning);
  if (await connects(createLogger({ name: 'npm start', level: 'warn', destination: { write } }))) return;
  const reason = warning === undefined ? '' : ` (${warning})`;
  throw new Error(
    `${name} does not answer at ${withoutPassword(url)}${reason}. ` +
      `Start it there, or correct ${variable}; without ${variable} npm start starts one itself.`,
  );
}
