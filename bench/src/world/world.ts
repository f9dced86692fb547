import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, type Engine, type RunningBroker, type RunningServer, startBroker } from '@ticketing/servers';
import type { ServiceName } from '@ticketing/services';
import { type ServiceProcess, startServiceProcess } from '@ticketing/start';
import mongoose, { type Connection } from 'mongoose';

/** Signs the tokens of the load. */
export const JWT_KEY = 'a-key-that-only-benchmarks-use-01234567';

let runs = 0;

/**
 * The environment of one measurement of one side: its own databases and broker, and processes that end with it.
 */
export class World {
  private readonly prefix = `bench_${process.pid}_${(runs += 1)}`;
  private readonly processes: ServiceProcess[] = [];
  private readonly connections = new Map<string, Promise<Connection>>();

  private constructor(
    private readonly mongo: RunningServer,
    readonly engine: Engine,
    /** The one that runs now: see `restartNats`. */
    public nats: RunningBroker,
    private readonly natsData: string,
  ) {}

  static async open(mongo: RunningServer, engine: Engine): Promise<World> {
    const natsData = await mkdtemp(join(tmpdir(), 'ticketing-bench-'));
    return new World(mongo, engine, await startBroker(engine, { dataDir: natsData }), natsData);
  }

  /** The servers, for what watches them. */
  get pids(): { readonly MongoDB: number | undefined; readonly NATS: number | undefined } {
    return { MongoDB: this.mongo.pid, NATS: this.nats.pid };
  }

  databaseUri(name: string): string {
    return databaseUrl(this.mongo.url, `${this.prefix}_${name}`);
  }

  /** One connection to prepare and one to look. With this world they are closed and their databases dropped. */
  database(name: string): Promise<Connection> {
    const known = this.connections.get(name) ?? mongoose.createConnection(this.databaseUri(name)).asPromise();
    this.connections.set(name, known);
    return known;
  }

  /**
   * A service as in production, except for its log level, and without a limit of requests, because the load is one
   * user.
   */
  service(name: ServiceName, env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
    return this.start({ name, env: { ...this.env(name), NATS_CLIENT_ID: name, LOG_LEVEL: 'info', ...env } });
  }

  /** A program of ceilings/, on the database of the service that it replaces. */
  ceiling(file: string, database: ServiceName, env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
    const program = join(__dirname, '..', 'ceilings', `${file}.js`);
    return this.start({ name: database, program, env: { ...this.env(database), ...env } });
  }

  /** The broker on the same port and files again, after `nats.kill`. */
  async restartNats(): Promise<void> {
    const { port } = new URL(this.nats.url);
    this.nats = await startBroker(this.engine, { dataDir: this.natsData, port: Number(port) });
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((started) => started.stop()));
    await this.nats.stop();
    for (const connection of await Promise.all(this.connections.values())) {
      await connection.dropDatabase();
      await connection.close();
    }
    await rm(this.natsData, { recursive: true, force: true });
  }

  private env(database: string): NodeJS.ProcessEnv {
    return {
      MONGO_URI: this.databaseUri(database),
      ...{ BROKER: this.engine, NATS_URL: this.nats.url, NATS_CLUSTER_ID: this.nats.clusterId },
      ...{ JWT_KEY, PORT: '', NODE_ENV: 'production', RATE_LIMIT_PER_MINUTE: '0' },
      // NODE_OPTIONS refuses --cpu-prof.
      ...(process.env['PROFILE_DIR'] && { NODE_OPTIONS: `--require ${join(__dirname, 'profile-this.js')}` }),
    };
  }

  private async start(options: Parameters<typeof startServiceProcess>[0]): Promise<ServiceProcess> {
    const started = await startServiceProcess(options);
    this.processes.push(started);
    return started;
  }
}
