import { silentLogger, testBroker, testConnection } from '@ticketing/testing';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { type AuditReport, auditUntilQuiet, type Promised } from '@ticketing/operate';
import { withForward } from './forwarded.helper';
import { getJson } from './kubectl';
import { say } from './report';
import { readSettings } from './settings';
import { BROKER } from './workloads';

/** The longest case: unacked messages of a killed pod come again after the ack wait of 30 s (ms). */
const AGREED_WITHIN_MS = 120_000;

/**
 * Resolves when the auditor, through port-forwards to both MongoDBs and the broker, finds that databases, stream and
 * what the clients were answered agree. @throws Error that says what disagrees when they do not in time
 */
export async function untilAgreed(promises: readonly Promised[] = []): Promise<AuditReport['compared']> {
  const began = performance.now();
  const { disagreements, compared } = await withDatabases((databases) =>
    withForward(`${BROKER.name}-0`, [4222], async ([port]) => {
      const { broker: engine } = readSettings();
      const user = engine === 'jetstream' ? `operator:${await secret('nats', 'OPERATOR_PASSWORD')}@` : '';
      const servers = { engine, natsUrl: `nats://${user}127.0.0.1:${port}`, natsClusterId: 'ticketing' };
      const broker = await testBroker('', silentLogger(), servers);
      try {
        return await auditUntilQuiet({ ...databases, broker, promises }, { settleMs: AGREED_WITHIN_MS });
      } finally {
        await broker.close();
      }
    }),
  );
  if (disagreements.length > 0) {
    const messages = disagreements.slice(0, 10).map(({ message }) => message);
    throw new Error(`${disagreements.length} disagreements:\n${messages.join('\n')}`);
  }
  const { tickets, orders, events } = compared;
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  say(
    `all agree after ${seconds} s: ${tickets} tickets, ${orders} orders, ${events} events, ${promises.length} promises`,
  );
  return compared;
}

type Connection = Awaited<ReturnType<typeof testConnection>>;

type Connections = Record<ServiceName, Connection>;

/** One after the other, because each forwarding ends with its task. */
function withDatabases<T>(task: (all: Connections) => Promise<T>, open: Partial<Connections> = {}): Promise<T> {
  const next = serviceNames.find((name) => open[name] === undefined);
  if (next === undefined) return task(open as Connections);
  return withDatabase(next, (connection) => withDatabases(task, { ...open, [next]: connection }));
}

function withDatabase<T>(service: ServiceName, task: (connection: Connection) => Promise<T>): Promise<T> {
  return withForward(`${service}-mongodb-0`, [27017], async ([port]) => {
    const signIn = readSettings().mongodbStandIn
      ? ''
      : `${service}:${await secret(`${service}-mongodb`, 'MONGO_PASSWORD')}@`;
    const connection = await testConnection(`mongodb://${signIn}127.0.0.1:${port}/${service}?directConnection=true`);
    try {
      return await task(connection);
    } finally {
      await connection.close();
    }
  });
}

async function secret(name: string, key: string): Promise<string> {
  const { data } = await getJson<{ data: Record<string, string> }>('secret', name);
  return encodeURIComponent(Buffer.from(data[key] ?? '', 'base64').toString());
}
