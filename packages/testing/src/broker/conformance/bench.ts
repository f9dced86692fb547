import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type Broker,
  createBroker,
  createLogger,
  type Message,
  type Position,
  type Subscription,
} from '@ticketing/common';
import { startTcpProxy, type TcpProxy } from '../../network/tcp-proxy';
import { uniqueName } from '../../test-servers';
import { waitFor } from '../../wait-for';
import { type BrokerEngine, type BrokerSettings, type EngineServer, PATIENT, type ServerLimits } from './engine';

/** A case waits for seconds at most; a machine under load may take ten times as long. */
export const IN_TIME = { timeoutMs: 60_000 };

export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);

/** The messages delivered to one member of a group, in that order. */
export class Member {
  readonly got: Message[] = [];
  readonly subscription: Subscription;

  constructor(
    broker: Broker,
    channel: string,
    options: { readonly group: string; readonly ackWaitMs?: number; readonly maxInFlight?: number },
    handle: (message: Message, got: readonly Message[]) => void = (message) => message.ack(),
  ) {
    const how = { ackWaitMs: 30_000, maxInFlight: 64, ...options };
    this.subscription = broker.consume(channel, how, (message) => {
      this.got.push(message);
      handle(message, this.got);
    });
  }

  /** The messages delivered to it, each once. */
  get payloads(): string[] {
    return [...new Set(this.got.map(({ payload }) => payload))].sort((a, b) => Number(a) - Number(b));
  }

  async has(payloads: readonly string[]): Promise<void> {
    await waitFor(() => payloads.every((one) => this.payloads.includes(one)), {
      ...{ ...IN_TIME, what: `${payloads.length} messages` },
    });
  }
}

/** The servers, proxies, brokers and processes of one case; it ends all of them. */
export class ConformanceBench {
  readonly channel = uniqueName('channel');
  readonly group = uniqueName('group');
  /** Warnings and errors that brokers of this case have logged. */
  readonly lines: { readonly level: number; readonly msg: string }[] = [];
  private readonly endings: (() => unknown)[] = [];

  constructor(
    readonly engine: BrokerEngine,
    private readonly shared: () => Promise<EngineServer>,
  ) {}

  /** The server of all cases that do not stop it. */
  async url(): Promise<string> {
    return (await this.shared()).url;
  }

  async server(limits?: ServerLimits): Promise<EngineServer> {
    const server = await this.engine.start(limits);
    this.endings.push(async () => {
      await server.signal('SIGCONT');
      await server.remove();
    });
    return server;
  }

  async proxy(url?: string): Promise<TcpProxy & { readonly url: string }> {
    const to = new URL(url ?? (await this.url()));
    const proxy = await startTcpProxy(to.href);
    this.endings.push(() => proxy.close());
    to.host = `127.0.0.1:${proxy.port}`;
    return Object.assign(proxy, { url: to.href });
  }

  /** A broker that need not be connected. */
  broker(url: string, settings: Partial<BrokerSettings> = {}): Broker {
    const write = (line: string) => void this.lines.push(JSON.parse(line) as (typeof this.lines)[number]);
    const logger = createLogger({ name: 'conformance', level: 'warn', destination: { write } });
    const reached = { ...this.engine.settings(url), ...PATIENT, ...settings };
    const broker = createBroker({ ...reached, clientIdPrefix: 'conformance', logger });
    this.endings.push(() => broker.close());
    return broker;
  }

  /** A broker that is connected: to the shared server, if there is no other. */
  async connected(url?: string, settings?: Partial<BrokerSettings>): Promise<Broker> {
    const broker = this.broker(url ?? (await this.url()), settings);
    await isConnected(broker);
    return broker;
  }

  /** A process that runs one of the tasks of conformance.program.ts; its output goes to `onLine`. */
  program(task: string, url: string, onLine: (line: string) => void): ChildProcess {
    const told = { task, channel: this.channel, group: this.group, settings: this.engine.settings(url) };
    const file = join(__dirname, '../../../dist/broker/conformance/conformance.program.js');
    const child = spawn(process.execPath, [file, JSON.stringify(told)], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(child.stdout).on('line', onLine);
    this.endings.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    return child;
  }

  async close(): Promise<void> {
    for (const end of this.endings.splice(0).reverse()) await end();
  }
}

/** The position of a message alone. */
export function positionOf({ sequence, storedAt, store }: Position): Position {
  return { sequence, storedAt, ...(store !== undefined && { store }) };
}

export async function isConnected(broker: Broker): Promise<void> {
  await waitFor(() => broker.isConnected(), { ...IN_TIME, what: 'a connection' });
}

/**
 * Resolves when the broker has begun with a member. NATS Streaming may deliver at once again what is stored meanwhile
 * (server.go, processSubscriptionsStart). It begins with one subscription after the other, and the last of these is younger.
 */
export async function hasBegun(broker: Broker, { subscription }: Member): Promise<void> {
  await subscription.ready;
  const other = uniqueName('begun');
  await broker.publish(other, '1');
  await broker.extent(other);
}

export async function publishAll(broker: Broker, channel: string, payloads: readonly string[]): Promise<void> {
  await Promise.all(payloads.map((payload) => broker.publish(channel, payload, { id: `${channel}-${payload}` })));
}

/** Publishes like a service: again until it is stored. */
export async function publishUntilStored(broker: Broker, channel: string, payload: string): Promise<void> {
  await waitFor(() => broker.publish(channel, payload).then(() => true), { ...IN_TIME, everyMs: 100, what: payload });
}

/** A case of the suite. It runs beside others, on what it makes itself. */
export type Case = (name: string, run: (bench: ConformanceBench) => Promise<void>) => void;
