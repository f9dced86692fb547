import { waitFor, TestBed, type TestInstance } from '@ticketing/testing';
import { ordersConfig } from '@ticketing/orders/dist/config';
import { startOrders } from '@ticketing/orders/dist/service';
import { type RunningBroker, startBroker, startMongo, testEngine } from '@ticketing/servers';
import { ticketsConfig } from '@ticketing/tickets/dist/config';
import { startTickets } from '@ticketing/tickets/dist/service';
import { Client } from '../../system/client.helper';
import { Courier } from './courier.helper';
import { settledOn } from './settled.helper';
import { Databases } from './databases.helper';
import { type Counters, readCounters, sumOf } from '../../system/counters.helper';
import type { Side } from '../model';
import type { User } from '../state';

/** Members of each queue group: what is delivered at once is handled at once. */
const INSTANCES = 2;
const HOUR_MS = 3_600_000;
const HOUR = String(HOUR_MS);

/**
 * The schedule alone decides what happens. No gap is skipped, and a parked event must be applied by the delivery that
 * makes it next, not by a sweep. Orders expire when the schedule lets time pass.
 */
const ENV = {
  ACK_WAIT_MS: '10000',
  GAP_PATIENCE_MS: HOUR,
  EVENT_SWEEP_MS: HOUR,
  ORDER_WINDOW_MS: HOUR,
  ORDER_EXPIRY_SWEEP_MS: '50',
};

/** Delivered events by outcome, such as `parked`. */
export type Outcomes = Readonly<Record<string, number>>;

/** Both services on real servers, each with a database and channels of its own, and the courier between them. */
export class World {
  private readonly instances: Record<Side, TestInstance[]> = { tickets: [], orders: [] };
  private ended: Counters = {};
  private turn = 0;
  private aheadMs = 0;

  private constructor(
    private readonly mongo: Awaited<ReturnType<typeof startMongo>>,
    private readonly nats: RunningBroker,
    private separate: Separate,
  ) {}

  /** Starts the servers and the services. */
  static async open(): Promise<World> {
    const [mongo, nats] = await Promise.all([
      startMongo({ env: { ...process.env, MONGO_URI: '' } }),
      startBroker(testEngine(), { env: { ...process.env, NATS_URL: '' } }),
    ]);
    const world = new World(mongo, nats, await separate(mongo.url, nats));
    await Promise.all([world.start('tickets'), world.start('orders')]);
    return world;
  }

  /** The same services with empty databases and new channels: what a history that failed has left behind is out of reach. */
  async renew(): Promise<void> {
    const { beds } = this.separate;
    await Promise.all([this.stop('tickets'), this.stop('orders')]);
    this.separate = await separate(this.mongo.url, this.nats);
    await Promise.all([this.start('tickets'), this.start('orders'), beds.tickets.close(), beds.orders.close()]);
  }

  get courier(): Courier {
    return this.separate.courier;
  }

  get databases(): Databases {
    return this.separate.databases;
  }

  /** A user of a service, at the instance whose turn it is. */
  client(side: Side, user: User): Client {
    const { url } = this.instances[side][(this.turn += 1) % INSTANCES] ?? { url: '' };
    return new Client(url, user);
  }

  /** Moves the clock of all instances past the time that an order has. */
  passTime(): void {
    this.aheadMs += HOUR_MS + 1;
  }

  /** Stops all instances of a service and starts new ones on the same data. @param meanwhile done while there is none */
  async restart(side: Side, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.stop(side);
    await meanwhile();
    await this.start(side);
  }

  /** The outcomes of all deliveries so far, by the services' own metrics, over all instances. */
  async outcomes(): Promise<Outcomes> {
    const instances = [...this.instances.tickets, ...this.instances.orders];
    return sumOf(this.ended, ...(await Promise.all(instances.map(({ url }) => readCounters(url)))));
  }

  /** In how many replicas something is parked. */
  replicasWithParked(): Promise<number> {
    const replicas = this.separate.beds.orders.connection.collection('tickets');
    return replicas.countDocuments({ 'parked.0': { $exists: true } });
  }

  async close(): Promise<void> {
    await Promise.all([this.separate.beds.tickets.close(), this.separate.beds.orders.close()]);
    await Promise.all([this.mongo.stop(), this.nats.stop()]);
  }

  private async start(side: Side): Promise<void> {
    const options = { env: ENV, clock: () => new Date(Date.now() + this.aheadMs) };
    const startOne = () =>
      side === 'tickets'
        ? this.separate.beds.tickets.start(startTickets, ticketsConfig, options)
        : this.separate.beds.orders.start(startOrders, ordersConfig, options);
    const started = await Promise.all(Array.from({ length: INSTANCES }, startOne));
    this.instances[side].push(...started);
    await Promise.all(started.map((instance) => waitFor(() => isConnected(instance), { everyMs: 5 })));
  }

  private async stop(side: Side): Promise<void> {
    const stopping = this.instances[side].splice(0);
    this.ended = sumOf(this.ended, ...(await Promise.all(stopping.map(({ url }) => readCounters(url)))));
    await Promise.all(stopping.map((instance) => instance.stop()));
  }
}

/** A database and channels for each service, and what stands between them. */
interface Separate {
  readonly beds: Readonly<Record<Side, TestBed>>;
  readonly courier: Courier;
  readonly databases: Databases;
}

async function separate(mongoUrl: string, nats: RunningBroker): Promise<Separate> {
  const { url: natsUrl, clusterId: natsClusterId, monitorUrl } = nats;
  if (monitorUrl === undefined) throw new Error('the broker must be our own, with its monitoring port');
  const engine = testEngine();
  const open = () => TestBed.open({ mongoUrl, natsUrl, natsClusterId, engine });
  const [tickets, orders] = await Promise.all([open(), open()]);
  const beds = { tickets, orders };
  return { beds, courier: new Courier(beds, settledOn(engine, monitorUrl)), databases: new Databases(beds) };
}

/** Ready, and what it saves is published at once. */
async function isConnected({ url }: TestInstance): Promise<boolean> {
  const readiness = (await (await fetch(`${url}/readyz`)).json()) as { mongo: string; nats: string };
  return readiness.mongo === 'up' && readiness.nats === 'up';
}
