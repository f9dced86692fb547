import { type Broker, createBroker, encodeEvent } from '@ticketing/common';
import {
  dropAndClose,
  newId,
  newMeta,
  silentLogger,
  TEST_JWT_KEY,
  testConnection,
  testDatabaseUri,
  testToken,
  waitFor,
} from '@ticketing/testing';
import { type BrokerServerOptions, type Engine, type RunningBroker, startBroker, testEngine } from '@ticketing/servers';
import { perService, perServiceSettled, type ServiceName } from '@ticketing/services';
import { type ServiceProcess, startServiceProcess } from '@ticketing/start';
import { type Connection, Types } from 'mongoose';
import { type AuditOptions, auditUntilQuiet } from './audit/audit';
import type { Promised } from './audit/checks/check-promises';

const IMPATIENT = {
  ...{
    ACK_WAIT_MS: '1000',
    EVENT_SWEEP_MS: '100',
    OUTBOX_SWEEP_MS: '500',
    GAP_PATIENCE_MS: '3000',
    MAX_ATTEMPTS: '2',
    RATE_LIMIT_PER_MINUTE: '0',
  },
};

interface Body {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly reservation: number;
  readonly ticket: { readonly id: string; readonly price: number };
}

/** All services as processes, on a broker of their own, and the promises to their clients. */
export class OperatedSystem {
  readonly promises: Promised[] = [];

  private constructor(
    private readonly engine: Engine,
    private readonly natsOptions: BrokerServerOptions,
    private nats: RunningBroker,
    private readonly uris: Readonly<Record<ServiceName, string>>,
    readonly databases: Readonly<Record<ServiceName, Connection>>,
    readonly broker: Broker,
    private readonly services: Readonly<Record<ServiceName, ServiceProcess>>,
  ) {}

  /**
   * @param own options of its broker; without a data folder it keeps nothing
   * @param engine by default that of the run
   */
  static async open(own: BrokerServerOptions = {}, engine: Engine = testEngine()): Promise<OperatedSystem> {
    const natsOptions = { ...own, env: { ...process.env, NATS_URL: '' } };
    const nats = await startBroker(engine, natsOptions);
    const uris = perService(() => testDatabaseUri());
    const logger = silentLogger();
    const broker = createBroker({ engine, url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'test', logger });
    const start = (name: ServiceName) => {
      const servers = { MONGO_URI: uris[name], BROKER: engine, NATS_URL: nats.url, NATS_CLUSTER_ID: nats.clusterId };
      const env = { ...IMPATIENT, ...servers, JWT_KEY: TEST_JWT_KEY, LOG_LEVEL: 'fatal', PORT: '' };
      return startServiceProcess({ name, env });
    };
    const services = await perServiceSettled(start);
    const databases = await perServiceSettled((name) => testConnection(uris[name]));
    await waitFor(() => broker.isConnected());
    return new OperatedSystem(engine, natsOptions, nats, uris, databases, broker, services);
  }

  /** The environment for a command: the addresses of this system, and nothing else of this process's environment. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...{ TICKETS_MONGO_URI: this.uris.tickets, ORDERS_MONGO_URI: this.uris.orders },
      BROKER: this.engine,
      ...{ NATS_URL: this.nats.url, NATS_CLUSTER_ID: this.nats.clusterId, NATS_MONITOR_URL: this.nats.monitorUrl },
    };
  }

  get monitorUrl(): string {
    return this.nats.monitorUrl ?? '';
  }

  get auditOptions(): AuditOptions {
    return { ...this.databases, broker: this.broker };
  }

  async sell(title: string, price = 20): Promise<string> {
    const { id, version, userId } = await this.call('tickets', 'POST', '/api/tickets', { title, price });
    this.promises.push({ what: 'ticket', id, version, title, price, userId });
    return id;
  }

  async edit(id: string, title: string, price: number): Promise<void> {
    const { version, userId } = await this.call('tickets', 'PUT', `/api/tickets/${id}`, { title, price });
    this.promises.push({ what: 'ticket', id, version, title, price, userId });
  }

  /** Orders a ticket as soon as orders knows it. Resolves when tickets has heard of it. */
  async order(ticketId: string): Promise<string> {
    const ask = () => this.call('orders', 'POST', '/api/orders', { ticketId });
    const { id, version, userId, reservation, ticket } = await waitFor(ask, { what: 'an order', everyMs: 50 });
    this.promises.push({ what: 'order', id, version, ticketId, userId, reservation, price: ticket.price });
    await this.untilTicketIs('held', ticketId, reservation);
    return id;
  }

  /** Resolves when tickets has heard of it. */
  async cancel(id: string): Promise<void> {
    await this.call('orders', 'DELETE', `/api/orders/${id}`);
    this.promises.push({ what: 'cancelled', id });
    for (const one of this.promises) {
      if (one.what === 'order' && one.id === id) await this.untilTicketIs('released', one.ticketId, one.reservation);
    }
  }

  /** Publishes a payment of the order's price, as a service that takes payments would. Returns its id. */
  async pay(orderId: string): Promise<string> {
    const [amount = 0] = this.promises.flatMap((one) =>
      one.what === 'order' && one.id === orderId ? [one.price] : [],
    );
    const payment = { id: newId(), version: 0, orderId, amount };
    const text = encodeEvent('payment:created', { ...payment, meta: newMeta() });
    await this.broker.publish('payment:created', text, { aggregate: payment.id });
    this.promises.push({ what: 'payment', id: payment.id, orderId, amount });
    return payment.id;
  }

  /** A ticket that was edited, ordered, freed and ordered again: version 4, held by its order of number 2. */
  async traffic(title: string): Promise<{ ticket: string; cancelled: string; active: string }> {
    const ticket = await this.sell(title);
    await this.edit(ticket, `${title}, edited`, 30);
    const cancelled = await this.order(ticket);
    await this.cancel(cancelled);
    const active = await this.order(ticket);
    return { ticket, cancelled, active };
  }

  /** Waits for all events on their way. @throws Error with what disagrees when it does not become quiet */
  async quiet(): Promise<void> {
    const look = () => auditUntilQuiet(this.auditOptions, { settleMs: 20_000 });
    const { disagreements } = await waitFor(look, { timeoutMs: 60_000, what: 'an audit that can read all' });
    if (disagreements.length > 0) throw new Error(disagreements.map(({ message }) => message).join('\n'));
  }

  /** The broker dies and comes back without its memory. @param meanwhile runs while it is away */
  async restartNats(meanwhile: () => void = () => undefined): Promise<void> {
    const port = Number(new URL(this.nats.url).port);
    await this.nats.kill();
    meanwhile();
    this.nats = await startBroker(this.engine, { ...this.natsOptions, port });
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.services).map((service) => service.stop()));
    await this.broker.close();
    await Promise.all(Object.values(this.databases).map(dropAndClose));
    await this.nats.stop();
  }

  /** Of events that come in another order tickets would publish fewer of its own. */
  private async untilTicketIs(state: 'held' | 'released', id: string, number: number): Promise<void> {
    const wanted = { _id: new Types.ObjectId(id), 'reservation.number': number, 'reservation.state': state };
    const isThere = async () => (await this.databases.tickets.collection('tickets').countDocuments(wanted)) === 1;
    await waitFor(isThere, { timeoutMs: 60_000, what: `ticket ${id} ${state} by number ${number}` });
  }

  private async call(name: ServiceName, method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(this.services[name].url + path, {
      method,
      headers: { Authorization: `Bearer ${testToken('alice')}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Body;
  }
}
