import { dropAndClose, testConnection, TEST_JWT_KEY } from '@ticketing/testing';
import {
  databaseUrl,
  type Engine,
  type JetStreamCluster,
  type Output,
  type Restartable,
  restartableBroker,
  restartableMongo,
  startJetStreamCluster,
  testEngine,
} from '@ticketing/servers';
import { perService, perServiceSettled, type ServiceName } from '@ticketing/services';
import { type Ingress, routesTo, type ServiceProcess, startIngress, startServiceProcess } from '@ticketing/start';

export type { ServiceName };
type Connection = Awaited<ReturnType<typeof testConnection>>;

/** The ack wait of the services in these tests (ms); their gap patience follows it, by the ratio that is shipped. */
export const TEST_ACK_WAIT_MS = 2_000;

/** Fast enough for a test; all other settings are those of production. */
const IMPATIENT = {
  ACK_WAIT_MS: String(TEST_ACK_WAIT_MS),
  EVENT_SWEEP_MS: '200',
  OUTBOX_SWEEP_MS: '500',
  ORDER_EXPIRY_SWEEP_MS: '200',
};

/** The broker of a system. */
export interface BrokerChoice {
  /** Absent: that of the run. */
  readonly engine?: Engine;
  /** How many servers; three are a cluster, which only JetStream is here. Absent: one. */
  readonly nodes?: 1 | 3;
}

/** A suite's own MongoDB and broker, and any number of service processes behind the ingress. */
export class TestSystem {
  private readonly running = new Set<ServiceProcess>();
  private readonly faults: string[] = [];

  private constructor(
    /** Of the broker. */
    readonly engine: Engine,
    readonly mongo: Restartable,
    readonly nats: Restartable | JetStreamCluster,
    /** To look into the database of each service. */
    readonly databases: Readonly<Record<ServiceName, Connection>>,
    private readonly ingress: Ingress,
    private readonly targets: Readonly<Record<ServiceName, string[]>>,
  ) {}

  /**
   * Both servers and the ingress, without a service yet.
   * @param output takes what the servers print
   */
  static async open(
    output: { readonly mongo?: Output; readonly nats?: Output } = {},
    { engine = testEngine(), nodes = 1 }: BrokerChoice = {},
  ): Promise<TestSystem> {
    const startBroker = (): Promise<Restartable | JetStreamCluster> =>
      nodes === 1
        ? restartableBroker(output.nats, engine)
        : startJetStreamCluster(output.nats && { output: output.nats });
    const [mongo, nats] = await Promise.all([restartableMongo(output.mongo), startBroker()]);
    const connect = (name: ServiceName) => testConnection(databaseUrl(mongo.url, name));
    const databases = await perServiceSettled(connect);
    const targets = perService((): string[] => []);
    const ingress = await startIngress({ port: 0, routes: routesTo(targets) });
    return new TestSystem(engine, mongo, nats, databases, ingress, targets);
  }

  /** The one address of all services. */
  get url(): string {
    return this.ingress.url;
  }

  /** The default environment of a service. */
  env(name: ServiceName): NodeJS.ProcessEnv {
    return {
      ...IMPATIENT,
      MONGO_URI: databaseUrl(this.mongo.url, name),
      BROKER: this.engine,
      NATS_URL: this.nats.url,
      NATS_CLUSTER_ID: 'ticketing',
      NATS_CLIENT_ID: name,
      JWT_KEY: TEST_JWT_KEY,
      RATE_LIMIT_PER_MINUTE: '0', // a load is one user
      LOG_LEVEL: 'error',
      PORT: '',
    };
  }

  /**
   * Resolves when the service is ready; until its process is gone it is behind the ingress.
   * @param log takes what it prints; absent: a request that was answered by 500, a fatal line or a line that is no log is
   * a failure that `close` throws
   */
  async start(name: ServiceName, env: NodeJS.ProcessEnv = {}, log?: (line: string) => void): Promise<ServiceProcess> {
    const service = await startServiceProcess({
      name,
      env: { ...this.env(name), ...env },
      log:
        log ??
        ((line) => {
          if (isFault(line)) this.faults.push(`${name}: ${line}`);
        }),
    });
    this.running.add(service);
    this.route(name, service, true);
    void service.exited.then(() => {
      this.running.delete(service);
      this.route(name, service, false);
    });
    return service;
  }

  /** Whether the ingress passes requests to it, as a readiness probe decides for one that runs. */
  route(name: ServiceName, { url }: ServiceProcess, ready: boolean): void {
    const targets = this.targets[name];
    const others = targets.filter((target) => target !== url);
    targets.splice(0, targets.length, ...others, ...(ready ? [url] : []));
  }

  /** Ends everything. @throws when a service does not exit with 0, or has logged a fault in its life */
  async close(): Promise<void> {
    const codes = await Promise.all([...this.running].map((service) => service.stop()));
    await this.ingress.stop();
    await Promise.all(Object.values(this.databases).map(dropAndClose));
    await Promise.all([this.mongo.remove(), this.nats.remove()]);
    const bad = codes.filter((code) => code !== 0);
    if (bad.length > 0 || this.faults.length > 0) {
      throw new Error(`services exited with [${codes.join()}] and said:\n${this.faults.join('\n')}`);
    }
  }
}

/** Errors that tell of an outage are what a test is about. */
function isFault(line: string): boolean {
  return !line.startsWith('{"level":50,') || line.includes('request failed by a fault of the service');
}
